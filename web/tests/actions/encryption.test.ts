import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type EncryptionDesk, makeEncryptionDesk } from "../../src/actions/encryption";
import type { Store } from "../../src/actions/store";
import type { ToWorker } from "../../src/e2ee/worker_messages";
import type { Command, Participant, Welcome } from "../../src/protocol/generated";
import { isCompared } from "../../src/state/encryption";
import type { Meeting } from "../../src/state/model";
import { FakeClock, settle } from "../fakes/clock";
import { meeting, participant } from "../fakes/meeting";

let worker: ToWorker[];
let told: Command[];
let now: Meeting | null;
let clock: FakeClock;
let desk: EncryptionDesk;

beforeEach(() => {
	worker = [];
	told = [];
	now = null;
	clock = new FakeClock();
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
	const from = { place: null, account: "", knownByDevice: () => true };
	desk = makeEncryptionDesk(store as Store, clock, (one) => told.push(one), from);
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

/** Somebody's keys, as the server would tell them. */
async function keysOf(id: string, leaf: number): Promise<NonNullable<Participant["keys"]>> {
	const commands: Command[] = [];
	const there = { meeting: () => now } as Store;
	const from = { place: null, account: "", knownByDevice: () => true };
	const other = makeEncryptionDesk(there, clock, (one) => commands.push(one), from);
	await other.welcomed({ meeting: now?.meeting, you: id } as Welcome);
	other.stop();
	const presented = commands.find((one) => one.type === "PresentKeys");
	if (presented?.type !== "PresentKeys") throw new Error("no keys were presented");
	const { type: _, ...keys } = presented;
	return { leaf, device: null, ...keys };
}

it("marks only the code that was shown, and a new one not before it could be read", async () => {
	await join([]);
	const { encryption } = desk.state;
	const shown = encryption.value.code ?? "";
	if (!now) throw new Error("not in a meeting");
	const carol = participant(1, { keys: await keysOf("p1", 1) });
	now = { ...now, participants: [...now.participants, carol] };
	desk.follow();
	await used(() => encryption.value.code !== shown);
	desk.actions.markCompared(shown);
	expect(isCompared(encryption.value)).toBe(false);
	const next = encryption.value.code ?? "";
	desk.actions.markCompared(next);
	expect(isCompared(encryption.value)).toBe(false);
	await clock.advance(2_000);
	desk.actions.markCompared(shown);
	expect(isCompared(encryption.value)).toBe(false);
	desk.actions.markCompared(next);
	expect(isCompared(encryption.value)).toBe(true);
});

it("says of whom no keys came for a while, until they come", async () => {
	await join([]);
	const { encryption } = desk.state;
	if (!now) throw new Error("not in a meeting");
	const [me, dirk] = [now.participants[0], participant(1)];
	if (!me) throw new Error("nobody is here");
	now = { ...now, participants: [me, dirk] };
	desk.follow();
	expect(encryption.value.keyless.size).toBe(0);
	await clock.advance(5_000);
	expect([...encryption.value.keyless]).toEqual(["p1"]);
	now = { ...now, participants: [me, { ...dirk, keys: await keysOf("p1", 1) }] };
	desk.follow();
	expect(encryption.value.keyless.size).toBe(0);
});

it.each([
	["somebody is signed in", "account-1", true, true],
	["they do not want it", "account-1", false, false],
	["nobody is signed in", "", true, false],
] as const)("lets a device vouch for the keys or not: %s", async (_, account, wanted, vouched) => {
	const there = { meeting: () => null } as unknown as Store;
	const from = { place: null, account, knownByDevice: () => wanted };
	const one = makeEncryptionDesk(there, clock, (command) => told.push(command), from);
	await one.welcomed({ meeting: "m", you: "p0" } as Welcome);
	one.stop();
	const presented = told.find((command) => command.type === "PresentKeys");
	expect(presented?.type === "PresentKeys" && presented.device !== null).toBe(vouched);
});
