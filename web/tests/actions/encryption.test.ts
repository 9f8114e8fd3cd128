import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type EncryptionDesk, makeEncryptionDesk } from "../../src/actions/encryption";
import type { Store } from "../../src/actions/store";
import type { ToWorker } from "../../src/e2ee/worker_messages";
import type { Command, Welcome } from "../../src/protocol/generated";
import type { Meeting } from "../../src/state/model";
import { FakeClock, settle } from "../fakes/clock";
import { meeting, participant } from "../fakes/meeting";

let worker: ToWorker[];
let told: Command[];
let now: Meeting | null;
let desk: EncryptionDesk;

beforeEach(() => {
	worker = [];
	told = [];
	now = null;
	vi.stubGlobal("RTCRtpScriptTransform", class {});
	vi.stubGlobal("RTCRtpSender", { prototype: { transform: null } });
	vi.stubGlobal(
		"Worker",
		class {
			postMessage(message: ToWorker) {
				worker.push(message);
			}
		},
	);
	const store: Pick<Store, "meeting"> = { meeting: () => now };
	const from = { place: null, account: "" };
	desk = makeEncryptionDesk(store as Store, new FakeClock(), (one) => told.push(one), from);
});

afterEach(() => {
	vi.unstubAllGlobals();
});

/** In a meeting, with own keys announced, while `missing` are on their way back. */
async function join(missing: Meeting["missing"]): Promise<void> {
	const me = participant(0);
	now = meeting({ participants: [me], missing });
	await desk.welcomed({ meeting: now.meeting, you: me.id } as Welcome);
	const presented = told.find((one) => one.type === "PresentKeys");
	if (presented?.type !== "PresentKeys") throw new Error("no keys were presented");
	const { type: _, ...keys } = presented;
	now = { ...now, participants: [{ ...me, keys: { leaf: 0, device: null, ...keys } }] };
	desk.follow();
	await used(() => desk.state.encryption.value.code !== null);
}

function uses(): number {
	return worker.filter(({ type }) => type === "use").length;
}

async function used(condition: () => boolean): Promise<void> {
	await vi.waitFor(() => {
		if (!condition()) throw new Error("not yet");
	});
	await settle();
}

it("uses a key as soon as there is one, when nobody is missing", async () => {
	await join([]);
	await used(() => uses() === 1);
});

it("keeps the key in use for who is missing after a restart, until they are given up", async () => {
	await join([participant(1)]);
	expect(uses()).toBe(0);
	if (now) now = { ...now, missing: [] };
	desk.follow();
	await used(() => uses() === 1);
});
