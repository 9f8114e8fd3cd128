import { describe, expect, it } from "vitest";
import { sayCame, sayTold } from "../../src/door/announce";
import { marksOf } from "../../src/door/Person";
import type { Told } from "../../src/door/state";
import { titled } from "../../src/door/title";
import { waitedFor } from "../../src/door/waits";
import { explainTrouble, wordsFor } from "../../src/door/words";
import { en } from "../../src/door/words/en";
import { nl } from "../../src/door/words/nl";
import type { RefusalCode } from "../../src/protocol/generated";
import { knocker } from "./knocks";

const facts = { limit: 7, seconds: 2.2, incident: "abc", by: "Bob" };

describe.each([
	["en", en],
	["nl", nl],
])("%s", (language, words) => {
	it("is spoken on pages of that language", () => {
		expect(wordsFor(language)).toBe(words);
		expect(wordsFor("constructor")).toBe(en);
	});

	it("says what to do about every refusal, known or not", () => {
		for (const code of [...Object.keys(en.refusals), "FromTheFuture"] as RefusalCode[]) {
			const sentence = explainTrouble({ code, facts } as never, words);
			expect(sentence).toMatch(/\.$/u);
			expect(sentence).not.toMatch(/undefined|NaN|\[object/u);
		}
		expect(Object.keys(words.refusals).sort()).toEqual(Object.keys(en.refusals).sort());
		expect(explainTrouble("unanswered", words)).toBe(words.unanswered);
	});

	it("counts as people do, and raises its voice nowhere", () => {
		expect(words.atRoom(1, "study")).not.toBe(words.atRoom(2, "study").replace("2", "1"));
		expect(JSON.stringify(words)).not.toContain("!");
	});

	it("has a mark for everything that is known of somebody", () => {
		const known = { known: "link", invited: "Friends" } as const;
		const all = { signedIn: true, ...known, askedToWait: true, away: true };
		const marks = marksOf(knocker("a", all), words);
		expect(marks).toHaveLength(5);
		expect(marks.join()).toContain("Friends");
		expect(marksOf(knocker("a", { known: "link" }), words)).toHaveLength(2);
		for (const kind of ["account", "email"] as const) {
			const named = marksOf(knocker("a", { known: kind, invited: "bob" }), words);
			expect(named.join()).toContain("bob");
		}
		expect(marksOf(knocker("a", { kind: "reception", door: "ada" }), words)[0]).toContain("ada");
	});
});

it("tells how long, by the minute", () => {
	const minutes = (count: number) => waitedFor(0, count * 60_000 + 59_999, en);
	expect([minutes(0), minutes(1), minutes(59), minutes(60), minutes(125)]).toEqual([
		"now",
		"1 min",
		"59 min",
		"1 h 0 min",
		"2 h 5 min",
	]);
	// Clocks differ a little.
	expect(waitedFor(5_000, 0, en)).toBe("now");
});

it("tells a few by name and the rest by number", () => {
	const told = (number: number, change: Partial<Told> = {}): Told => ({
		number,
		knock: `k${number}`,
		name: `N${number}`,
		why: "admitted",
		by: "Bob",
		own: false,
		room: "",
		...change,
	});
	expect(sayTold([told(1), told(2, { own: true })], en)).toEqual([
		"Bob admitted N1.",
		"N2 was admitted.",
	]);
	expect(
		sayTold(
			[1, 2, 3, 4, 5].map((number) => told(number)),
			en,
		),
	).toEqual(["Bob admitted N3.", "Bob admitted N4.", "Bob admitted N5.", "And 2 more."]);
	expect(sayTold([told(1, { why: "answered" })], en)[0]).toMatch(/^Bob answered already/u);
	expect(sayCame([knocker("a"), knocker("b")], en)).toMatch(/^2 people/u);
	expect(sayCame([knocker("a")], nl)).toBe("Name of a staat aan de deur.");
	expect(titled("Start · meetd", 2)).toBe("(2) Start · meetd");
	expect(titled("Start · meetd", 0)).toBe("Start · meetd");
});
