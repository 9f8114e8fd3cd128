/** For whom the key in use stays after a restart of the server, and for how long. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KeyHold } from "../../src/actions/key_hold";
import { FakeClock, settle } from "../fakes/clock";
import { type DeskPage, DeskServer, stubBrowser } from "../fakes/desks";

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
