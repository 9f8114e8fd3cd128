import { beforeEach, expect, it, vi } from "vitest";
import { forgetVisitorIds, makeOwnIds } from "../../src/actions/own_ids";
import { forgetVisitor, makeVisitorKey } from "../../src/actions/visitor";
import { FakeStorage } from "../fakes/storage";

const ADA = { id: "account-1", name: "Ada" };
const NOBODY = { id: "", name: "" };

beforeEach(() => void vi.stubGlobal("localStorage", new FakeStorage()));

/** Another page of this browser, in the room as that participant. */
function come(as: typeof ADA, you: string) {
	const own = makeOwnIds(as);
	own.welcomed(you);
	return own;
}

it("knows what one said before one signed in again, and in meetings before", () => {
	const first = come(ADA, "p1");
	expect([first.isYou("p1"), first.isYou("p2")]).toEqual([true, false]);
	const second = come(ADA, "p2");
	expect([second.isYou("p1"), second.isYou("p2")]).toEqual([true, true]);
});

it("gives nothing of one account to another, nor to who has none, nor theirs to an account", () => {
	makeVisitorKey();
	come(NOBODY, "p1");
	come(ADA, "p2");
	expect(come({ id: "account-2", name: "Ada" }, "p3").isYou("p2")).toBe(false);
	expect(come(ADA, "p4").isYou("p1")).toBe(false);
	const visitor = come(NOBODY, "p5");
	expect(["p1", "p2", "p5"].map(visitor.isYou)).toEqual([true, false, true]);
});

it("keeps nothing where nothing says who this is", () => {
	for (const whose of [{ id: "", name: "Ada" }, NOBODY]) {
		const own = come(whose, "p1");
		own.welcomed("p2");
		expect([own.isYou("p1"), own.isYou("p2")]).toEqual([true, true]);
		expect(come(whose, "p3").isYou("p1")).toBe(false);
	}
	expect(localStorage.getItem("meetd.was")).toBeNull();
});

it("forgets with the link to what was left", () => {
	makeVisitorKey();
	come(NOBODY, "p1");
	forgetVisitor();
	forgetVisitorIds();
	makeVisitorKey();
	expect(come(NOBODY, "p2").isYou("p1")).toBe(false);
});

it("keeps the newest 200, and takes nothing that somebody else wrote there", () => {
	for (let number = 0; number <= 200; number += 1) come(ADA, `p${number}`);
	const own = come(ADA, "p200");
	expect([own.isYou("p0"), own.isYou("p1")]).toEqual([false, true]);
	localStorage.setItem("meetd.was.account-1", JSON.stringify({ ids: [7, "x".repeat(65), "p1"] }));
	const now = come(ADA, "p2");
	expect(["x".repeat(65), "p1", "p2"].map(now.isYou)).toEqual([false, true, true]);
	localStorage.setItem("meetd.was.account-1", '"p3"');
	expect(come(ADA, "p4").isYou("p3")).toBe(false);
});
