/** For whom the key in use stays after a restart of the server, and for how long. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EncryptionDesk, makeEncryptionDesk } from "../../src/actions/encryption";
import { KeyHold } from "../../src/actions/key_hold";
import type { Store } from "../../src/actions/store";
import type { ToWorker } from "../../src/e2ee/worker_messages";
import type { Command, Event, Participant, Welcome } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";
import { meeting, participant } from "../fakes/meeting";

describe("the rules", () => {
	let clock: FakeClock;
	let hold: KeyHold;
	let givenUp: string[][];
	let over: number;

	beforeEach(() => {
		clock = new FakeClock();
		givenUp = [];
		over = 0;
		hold = new KeyHold(
			clock,
			(late) => givenUp.push([...late]),
			() => {
				over += 1;
			},
		);
	});

	it("gives up whoever is back without keys for ten seconds, and nobody else", async () => {
		expect(hold.expected(["bo"], ["cy"])).toEqual(["bo", "cy"]);
		await clock.advance(5_000);
		expect(hold.expected([], ["cy", "bo"])).toEqual(["cy", "bo"]);
		await clock.advance(5_000);
		expect(givenUp).toEqual([["cy"]]);
		expect(hold.expected([], ["bo"])).toEqual(["bo"]);
		hold.expected([], []);
		await clock.advance(5_000);
		expect(givenUp).toEqual([["cy"]]);
	});

	it("waits 40 s for all together, however often the server says that it was restarted", async () => {
		for (let restart = 0; restart < 7; restart += 1) {
			expect(hold.expected(["bo"], [])).toEqual(["bo"]);
			await clock.advance(5_000);
		}
		expect(over).toBe(0);
		await clock.advance(5_000);
		expect(over).toBe(1);
		expect(hold.expected(["bo"], [])).toEqual([]);
	});

	it("waits anew once another key is in use", async () => {
		hold.expected(["bo"], []);
		await clock.advance(40_000);
		hold.used();
		expect(hold.expected(["bo"], [])).toEqual(["bo"]);
		hold.stop();
		expect(clock.waiting).toBe(0);
	});
});

/** One page in a meeting of two, and what its worker was told. */
interface Page {
	readonly desk: EncryptionDesk;
	readonly worker: ToWorker[];
	readonly me: Participant;
}

describe("a page", () => {
	let clock: FakeClock;
	let pages: readonly Page[];
	let meetingId: string;
	/** With the keys that they presented in this meeting. */
	let present: Participant[];

	function obey(from: string, command: Command): void {
		if (command.type === "PresentKeys") {
			const { type: _, ...keys } = command;
			const leaf = from === "p0" ? 0 : 1;
			present = present.map((one) =>
				one.id === from ? { ...one, keys: { leaf, device: null, ...keys } } : one,
			);
		}
		const others = pages.filter(({ me }) => me.id !== from);
		for (const event of eventsOf(from, command))
			for (const { desk } of others) queueMicrotask(() => desk.heard(event));
	}

	function page(index: number): Page {
		const me = participant(index);
		const now = () => meeting({ meeting: meetingId, you: me.id, participants: present });
		const store: Pick<Store, "meeting"> = { meeting: now };
		const worker: ToWorker[] = [];
		vi.stubGlobal(
			"Worker",
			class {
				postMessage(message: ToWorker) {
					worker.push(message);
				}
			},
		);
		const from = { place: null, account: "", knownByDevice: () => true };
		const tell = (command: Command) => obey(me.id, command);
		return { desk: makeEncryptionDesk(store as Store, clock, tell, from), worker, me };
	}

	beforeEach(() => {
		vi.stubGlobal("RTCRtpScriptTransform", class {});
		vi.stubGlobal("RTCRtpSender", { prototype: { transform: null } });
		clock = new FakeClock();
		meetingId = "first";
		present = [participant(0), participant(1)];
		pages = [];
	});

	afterEach(() => {
		for (const { desk } of pages) desk.stop();
		vi.unstubAllGlobals();
	});

	async function welcome({ desk, me }: Page): Promise<void> {
		await desk.welcomed({ meeting: meetingId, you: me.id } as Welcome);
	}

	const uses = ({ worker }: Page) => worker.filter(({ type }) => type === "use").length;

	it("goes on without somebody who is seated again and never presents keys", async () => {
		const ada = page(0);
		pages = [ada];
		await welcome(ada);
		const bo = page(1);
		pages = [ada, bo];
		await welcome(bo);
		for (const { desk } of pages) desk.follow();
		await soon(() => ada.worker.some(({ type }) => type === "add"));
		// Until both use the key that was made for both.
		await clock.advance(3_000);
		await soon(() => uses(ada) > 0 && uses(bo) > 0);
		const before = uses(ada);
		meetingId = "second";
		present = [participant(0), participant(1)];
		await welcome(ada);
		ada.desk.follow();
		await clock.advance(9_900);
		await soon(() => ada.desk.state.encryption.value.code !== null);
		expect(uses(ada)).toBe(before);
		expect(ada.desk.mayConnect("p1")).toBe(true);
		await clock.advance(200);
		await soon(() => uses(ada) === before + 1);
		expect(ada.worker).toContainEqual({ type: "forget", participant: "p1" });
		expect(ada.desk.mayConnect("p1")).toBe(false);
	});
});

async function soon(condition: () => boolean): Promise<void> {
	await vi.waitFor(() => {
		if (!condition()) throw new Error("not yet");
	});
	await settle();
}

/** What the server makes of it for the other one. */
function eventsOf(sender: string, command: Command): readonly Event[] {
	if (command.type === "WrapKeys") {
		const { epoch, rosterHash } = command;
		return command.keys.map(({ wrapped, signature }) => {
			return { type: "KeysWrapped", sender, epoch, rosterHash, wrapped, signature };
		});
	}
	if (command.type !== "AcknowledgeKey") return [];
	const { epoch, proof } = command;
	return [{ type: "KeyAcknowledged", sender, epoch, proof }];
}
