import { beforeEach, describe, expect, it } from "vitest";
import { PATIENCE_MS, Patience, whenSeen } from "../../src/pdf/patience";
import { FakeClock, settle } from "../fakes/clock";
import { FakeSight } from "../fakes/page_sight";

let clock: FakeClock;
let page: FakeSight;
let patience: Patience;

beforeEach(() => {
	clock = new FakeClock();
	page = new FakeSight();
	patience = new Patience(clock, page);
});

/** A step whose answer a test gives. */
function step() {
	let resolve = (_: string) => {};
	let reject = (_: string) => {};
	const promise = new Promise<string>((yes, no) => {
		resolve = yes;
		reject = no;
	});
	const ended: string[] = [];
	patience
		.within(promise, () => "late")
		.then(
			(answer) => ended.push(answer),
			() => ended.push("failed"),
		);
	return { ended, resolve, reject };
}

describe("patience with a PDF", () => {
	it("ends where nothing comes", async () => {
		const { ended } = step();
		await clock.advance(PATIENCE_MS - 1);
		expect(ended).toEqual([]);
		await clock.advance(1);
		expect(ended).toEqual(["late"]);
	});

	it.each([
		["resolve", "there"],
		["reject", "failed"],
	] as const)("gives the answer, and waits no longer: %s", async (how, expected) => {
		const { ended, [how]: answer } = step();
		answer("there");
		await settle();
		expect(ended).toEqual([expected]);
		expect(clock.waiting).toBe(0);
	});

	it("is not used up while nobody sees the page", async () => {
		const before = step();
		await clock.advance(PATIENCE_MS - 1);
		page.hide(true);
		const during = step();
		await clock.advance(PATIENCE_MS * 10);
		expect([...before.ended, ...during.ended]).toEqual([]);
		page.hide(false);
		await clock.advance(PATIENCE_MS - 1);
		before.resolve("there");
		await settle();
		await clock.advance(1);
		expect([...before.ended, ...during.ended]).toEqual(["there", "late"]);
	});

	it("begins anew with bytes that arrive", async () => {
		const { ended } = step();
		for (let times = 0; times < 5; times += 1) {
			await clock.advance(PATIENCE_MS - 1);
			patience.begin();
		}
		expect(ended).toEqual([]);
		await clock.advance(PATIENCE_MS);
		expect(ended).toEqual(["late"]);
	});
});

describe("waiting until the page is seen", () => {
	function waited() {
		const stopping = new AbortController();
		const over: boolean[] = [];
		void whenSeen(page, stopping.signal).then(() => over.push(true));
		return { over, stopping };
	}

	it("takes no time where it is", async () => {
		const { over } = waited();
		await settle();
		expect(over).toEqual([true]);
	});

	it("ends when it is, or when nobody waits any more", async () => {
		page.hide(true);
		const [seen, stopped] = [waited(), waited()];
		await settle();
		expect([...seen.over, ...stopped.over]).toEqual([]);
		stopped.stopping.abort();
		await settle();
		expect([...seen.over, ...stopped.over]).toEqual([true]);
		page.hide(false);
		await settle();
		expect(seen.over).toEqual([true]);
	});
});
