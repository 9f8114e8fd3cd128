import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Feed, feedOf, waitingOf } from "../../src/door/feeds";
import { apply, CLOSED, type Door, type DoorEvent } from "../../src/door/state";
import type {
	DoorsWatched,
	Knocker,
	KnockerGone,
	KnocksChanged,
} from "../../src/protocol/generated";
import { gone, knocker } from "./knocks";

function heard(event: DoorsWatched | KnocksChanged, feed: Feed = "watch", you = "Ada"): DoorEvent {
	return { type: "Heard", feed, event, now: 5_000, you };
}

const watched = (...knockers: Knocker[]): DoorsWatched => ({
	type: "DoorsWatched",
	ref: 1,
	knockers,
	now: 6_000,
});

function changed(change: readonly Knocker[], left: readonly KnockerGone[] = []): KnocksChanged {
	return { type: "KnocksChanged", changed: change, gone: left };
}

const run = (...events: DoorEvent[]): Door => events.reduce(apply, CLOSED);
const ids = (door: Door) => waitingOf(door.feeds).map(({ id }) => id);

describe("who waits", () => {
	it("stands in the order of knocking, from both feeds, once", () => {
		const door = run(
			heard(watched(knocker("b", { knockedAt: 2 }), knocker("a", { knockedAt: 3 }))),
			heard(watched(knocker("c", { knockedAt: 1 }), knocker("a", { knockedAt: 3 })), "seat"),
		);
		expect(ids(door)).toEqual(["c", "b", "a"]);
		expect(door.clockOffset).toBe(1_000);
	});

	it("is gone by the word of one feed, though the other still says the old thing", () => {
		const door = run(
			heard(watched(knocker("a"))),
			heard(watched(knocker("a")), "seat"),
			heard(changed([], [gone("a")]), "seat"),
			heard(changed([knocker("a", { away: true })])),
		);
		expect(ids(door)).toEqual([]);
		expect(feedOf(door.feeds, "a")).toBeNull();
		expect(ids(apply(door, heard(changed([knocker("a")]), "seat")))).toEqual(["a"]);
	});

	it("is who a new snapshot names, whatever was gone before", () => {
		const left = run(
			heard(watched(knocker("a"))),
			heard(watched(knocker("a")), "seat"),
			heard(changed([], [gone("a")])),
		);
		expect(ids(apply(left, heard(watched(knocker("a")))))).toEqual(["a"]);
		const agreed = apply(left, heard(watched(), "seat"));
		expect(ids(apply(agreed, heard(changed([knocker("a")]), "seat")))).toEqual(["a"]);
	});

	it("is forgotten with the feed that told of it", () => {
		const door = run(
			heard(watched(knocker("a"))),
			heard(watched(knocker("b")), "seat"),
			heard(changed([], [gone("a")]), "seat"),
			{ type: "FeedEnded", feed: "seat" },
		);
		expect(ids(door)).toEqual(["a"]);
	});

	it("stays while the connection is made anew, and is replaced by what it says then", () => {
		const lost = run(heard(watched(knocker("a"))), { type: "FeedLost" });
		expect([ids(lost), lost.lost]).toEqual([["a"], true]);
		const back = apply(lost, heard(watched(knocker("b"))));
		expect([ids(back), back.lost]).toEqual([["b"], false]);
	});
});

const knock = fc.constantFrom("a", "b", "c");
/** What happens to knocks on the server: true, somebody waits; false, they do not any more. */
const history = fc.array(fc.tuple(knock, fc.boolean()), { maxLength: 12 });
const cuts = fc.array(fc.nat({ max: 12 }), { maxLength: 6 });

/** The history as one feed tells it: in batches, in each of which only the last word on a knock stands. */
function batchesOf(events: readonly (readonly [string, boolean])[], at: readonly number[]) {
	const edges = [...new Set([0, ...at, events.length])]
		.filter((edge) => edge <= events.length)
		.sort((a, b) => a - b);
	return edges.slice(1).map((edge, index) => {
		const last = new Map(events.slice(edges[index], edge));
		const waits = [...last].filter(([, is]) => is).map(([id]) => knocker(id));
		const left = [...last].filter(([, is]) => !is).map(([id]) => gone(id, { by: "Bob" }));
		return changed(waits, left);
	});
}

/** Both in their own order, mixed. */
function mixed<T>(one: readonly T[], other: readonly T[], turns: readonly boolean[]): readonly T[] {
	const [a, b] = [[...one], [...other]];
	const all: T[] = [];
	for (const turn of turns) all.push(...(turn ? a.splice(0, 1) : b.splice(0, 1)));
	return [...all, ...a, ...b];
}

describe("two feeds of one history", () => {
	it("end where the server is, however they are cut and mixed", () => {
		fc.assert(
			fc.property(
				history,
				cuts,
				cuts,
				fc.array(fc.boolean(), { maxLength: 24 }),
				(events, one, other, turns) => {
					const watch = batchesOf(events, one).map((event) => heard(event, "watch"));
					const seat = batchesOf(events, other).map((event) => heard(event, "seat"));
					const door = run(...mixed(watch, seat, turns));
					const waits = [...new Map(events)].filter(([, is]) => is).map(([id]) => id);
					expect([...ids(door)].sort()).toEqual(waits.sort());
					const told = door.told.map((one) => one.knock);
					expect(new Set(told).size).toBe(told.length);
				},
			),
			{ numRuns: 2_000 },
		);
	});

	it("with snapshots in between as well", () => {
		fc.assert(
			fc.property(
				history,
				fc.nat({ max: 12 }),
				cuts,
				fc.array(fc.boolean()),
				(events, at, other, turns) => {
					const waits = (list: typeof events) =>
						[...new Map(list)].filter(([, is]) => is).map(([id]) => knocker(id));
					const watch = [
						...batchesOf(events.slice(0, at), []),
						watched(...waits(events.slice(0, at))),
						...batchesOf(events.slice(at), []),
					].map((event) => heard(event, "watch"));
					const seat = batchesOf(events, other).map((event) => heard(event, "seat"));
					const door = run(...mixed(watch, seat, turns));
					expect([...ids(door)].sort()).toEqual(
						waits(events)
							.map(({ id }) => id)
							.sort(),
					);
				},
			),
			{ numRuns: 2_000 },
		);
	});
});

describe("what is told", () => {
	const two = heard(watched(knocker("a"), knocker("b")));

	it("names who answered, once, whichever feed says it first", () => {
		const bob = changed([], [gone("a", { by: "Bob" })]);
		const door = run(two, heard(watched(knocker("a")), "seat"), heard(bob, "seat"), heard(bob));
		expect(door.told).toMatchObject([{ name: "Name of a", by: "Bob", own: false }]);
	});

	it("knows one's own answers, here and in another tab", () => {
		const door = run(
			two,
			{ type: "Answered", knocks: ["a"], answer: "admit once" },
			heard(changed([], [gone("a", { by: "Ada Lovelace" }), gone("b", { by: "Ada" })])),
		);
		expect(door.told.map(({ own }) => own)).toEqual([true, true]);
		expect(apply(door, { type: "ToldSeen", numbers: new Set([1]) }).told).toHaveLength(1);
	});

	it.each([true, false])("knows where one sent them; the knock was gone first: %s", (early) => {
		const left = heard(changed([], [gone("a", { by: "Ada" })]));
		const taken: DoorEvent = { type: "AnswerTaken", knocks: ["a"], room: "study", full: false };
		const asked: DoorEvent = { type: "Answered", knocks: ["a"], answer: "admit once" };
		const door = run(two, asked, ...(early ? [left, taken] : [taken, left]));
		expect(door.told).toMatchObject([{ own: true, room: "study" }]);
	});

	it.each([true, false])("says that another one was first; the refusal came last: %s", (late) => {
		const answered: DoorEvent = {
			type: "Answered",
			knocks: ["a"],
			answer: "turn away",
		};
		const left = heard(changed([], [gone("a", { by: "Bob" })]));
		const refused: DoorEvent = {
			type: "AnswerFailed",
			knocks: ["a"],
			trouble: { code: "KnockAnswered", facts: { by: "Bob" } },
		};
		const door = run(two, answered, ...(late ? [left, refused] : [refused, left]));
		expect(door.told).toMatchObject([{ why: "answered", by: "Bob", own: false }]);
		expect(door.asked.size).toBe(0);
		expect(ids(door)).toEqual(["b"]);
	});

	it("is nothing about somebody who was never seen", () => {
		expect(run(heard(changed([], [gone("x", { by: "Bob" })]))).told).toEqual([]);
	});

	it("is bounded, and its numbers rise all the same", () => {
		const many = Array.from({ length: 1_000 }, (_, index) => `k${index}`);
		const door = run(
			heard(watched(...many.map((id) => knocker(id)))),
			heard(
				changed(
					[],
					many.map((id) => gone(id, { by: "Bob" })),
				),
			),
		);
		expect(door.told).toHaveLength(50);
		expect(door.toldUpTo).toBe(1_000);
	});
});

describe("an answer", () => {
	const asked = run(heard(watched(knocker("a"), knocker("b"))), {
		type: "Answered",
		knocks: ["a", "b"],
		answer: "admit once",
	});

	it("that failed leaves a reason, said once, until the next try", () => {
		const door = apply(asked, {
			type: "AnswerFailed",
			knocks: ["a", "b"],
			trouble: { code: "RoomFull", facts: { limit: 2 } },
		});
		expect([...door.troubles.keys()]).toEqual(["a"]);
		const again = apply(door, { type: "Answered", knocks: ["a"], answer: "admit once" });
		expect(again.troubles.size).toBe(0);
		expect(apply(door, heard(changed([], [gone("a")]))).troubles.size).toBe(0);
	});

	it("to wait changes nothing about whose the next answer is", () => {
		const door = run(
			heard(watched(knocker("a"))),
			{ type: "Answered", knocks: ["a"], answer: "ask to wait" },
			{ type: "AnswerTaken", knocks: ["a"], room: "", full: false },
			heard(changed([], [gone("a", { by: "Bob" })])),
		);
		expect(door.told).toMatchObject([{ by: "Bob", own: false }]);
	});
});

describe("pictures", () => {
	const loaded = run(heard(watched(knocker("a", { hasStill: true }))), {
		type: "StillLoaded",
		knock: "a",
		still: "AAAA",
	});

	it("may be another one after the knock changed", () => {
		const door = apply(loaded, heard(changed([knocker("a", { hasStill: true, away: true })])));
		expect(door.stills.get("a")).toEqual({ data: "AAAA", stale: true });
		expect(apply(loaded, heard(changed([knocker("a")]))).stills.size).toBe(0);
	});

	it("are not kept of whoever is gone, nor of whoever never was", () => {
		const door = apply(loaded, heard(changed([], [gone("a")])));
		expect(door.stills.size).toBe(0);
		expect(apply(door, { type: "StillLoaded", knock: "a", still: "AAAA" }).stills.size).toBe(0);
	});
});
