/** For whom the key in use stays after a restart of the server, and for how long. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KeyHold } from "../../src/actions/key_hold";
import { FakeClock, settle } from "../fakes/clock";
import { type DeskPage, DeskServer, stubBrowser } from "../fakes/desks";
import { participant } from "../fakes/meeting";

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

describe("a page", () => {
	let clock: FakeClock;
	let server: DeskServer;
	let ada: DeskPage;
	let bo: DeskPage;

	beforeEach(async () => {
		stubBrowser();
		clock = new FakeClock();
		server = new DeskServer(clock);
		[ada, bo] = [server.page(), server.page()];
		await server.welcome(ada, 0);
		await server.welcome(bo, 1);
		await soon(() => ada.worker.some(({ type }) => type === "add"));
		// Until both use the key that was made for both.
		await clock.advance(3_000);
		await soon(() => bo.opens(ada) && ada.opens(bo));
	});

	afterEach(() => {
		server.stop();
		vi.unstubAllGlobals();
	});

	it("goes on without somebody who is seated again and never presents keys", async () => {
		const before = ada.uses;
		server.restart([0, 1]);
		await server.welcome(ada, 0);
		await clock.advance(9_900);
		await soon(() => ada.desk.state.encryption.value.code !== null);
		expect(ada.uses).toBe(before);
		expect(ada.desk.mayConnect("p1")).toBe(true);
		await clock.advance(200);
		await soon(() => ada.uses === before + 1);
		expect(ada.worker).toContainEqual({ type: "forget", participant: "p1" });
		expect(ada.desk.mayConnect("p1")).toBe(false);
	});

	it.each([
		["leaves its own keys out", (id: string) => id !== "p0"],
		["says that it has none", () => true],
	] as const)("stops sealing with a key of before when the server %s", async (_, isTold) => {
		const { uses } = ada;
		server.view = (viewer, people) =>
			viewer === "p0"
				? people
						.filter(({ id }) => isTold(id))
						.map((one) => (one.id === "p0" ? { ...one, keys: null } : one))
				: people;
		server.leave(bo);
		await soon(() => ada.desk.state.encryption.value.people.length === 0);
		await clock.advance(4_900);
		expect(ada.using).not.toBeNull();
		await clock.advance(200);
		expect(ada.using).toBeNull();
		expect(ada.uses).toBe(uses);
		server.view = (_viewer, people) => people;
		server.follow();
		await soon(() => ada.uses > uses);
		expect(ada.using).not.toBeNull();
		await clock.advance(10_000);
		expect(ada.using).not.toBeNull();
	});

	it("stops sealing however often the server begins another meeting before a key was used", async () => {
		const { uses } = ada;
		server.passes = ({ type }) => type !== "KeyAcknowledged";
		server.missing = [participant(3)];
		// The first one holds for almost as long as may be.
		for (const lasts of [37_500, 2_500, 2_500, 2_500]) {
			expect(ada.using).not.toBeNull();
			const { code } = ada.desk.state.encryption.value;
			server.restart([0, 1]);
			await server.welcome(bo, 1);
			await server.welcome(ada, 0);
			await soon(() => ![code, null].includes(ada.desk.state.encryption.value.code));
			await clock.advance(lasts);
		}
		expect(ada.using).toBeNull();
		expect(ada.uses).toBe(uses);
	});

	it("is seen again after it left and joined again with the same keys", async () => {
		server.leave(ada);
		await clock.advance(2_000);
		await server.welcome(ada, 2);
		await soon(() => ada.using !== null);
		await clock.advance(3_000);
		await soon(() => bo.opens(ada) && ada.opens(bo));
		const { people } = bo.desk.state.encryption.value;
		expect(people.map(({ participant, heard }) => [participant, heard])).toEqual([
			["p1", true],
			["p2", true],
		]);
	});
});

async function soon(condition: () => boolean): Promise<void> {
	await vi.waitFor(() => {
		if (!condition()) throw new Error("not yet");
	});
	await settle();
}
