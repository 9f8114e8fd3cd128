import { beforeEach, describe, expect, it } from "vitest";
import type { Answer as Reply } from "../../src/connection/line";
import { type Desk, makeDesk, REDRAW_EVERY_MS } from "../../src/door/desk";
import type { Feed } from "../../src/door/feeds";
import { waitingOf } from "../../src/door/feeds";
import type { Door } from "../../src/door/state";
import type { Command } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";
import { gone, knocker } from "./knocks";

let clock: FakeClock;
let desk: Desk;
let sent: [Feed, Command][];
let shown: Door[];
let reply: Reply | null;

beforeEach(() => {
	clock = new FakeClock();
	sent = [];
	shown = [];
	reply = { type: "AnswerTaken", ref: 1, room: "kitchen", full: false };
	const over = (feed: Feed) => async (command: Command) => {
		sent.push([feed, command]);
		return reply;
	};
	desk = makeDesk({
		clock,
		request: { watch: over("watch"), seat: over("seat") },
		you: () => "Ada",
		show: (door) => shown.push(door),
	});
});

function come(feed: Feed, ...ids: string[]): void {
	const changed = ids.map((id) => knocker(id));
	desk.heard(feed, { type: "KnocksChanged", changed, gone: [] });
}

describe("the desk", () => {
	it("draws at once, then at most four times a second, and the last state in the end", async () => {
		for (let index = 0; index < 1_000; index += 1) {
			come("watch", `k${index}`);
			await clock.advance(1);
		}
		expect(shown.length).toBeLessThanOrEqual(1_000 / REDRAW_EVERY_MS + 1);
		await clock.advance(REDRAW_EVERY_MS);
		expect(waitingOf(shown.at(-1)?.feeds ?? desk.door().feeds)).toHaveLength(1_000);
		expect(waitingOf(shown[0]?.feeds ?? desk.door().feeds)).toHaveLength(1);
		expect(clock.waiting).toBe(0);
	});

	it("answers over the feed that knows of the knock, once", async () => {
		come("seat", "a");
		come("watch", "b");
		desk.answer("a", "turn away");
		desk.answer("a", "admit once");
		desk.answer("b", "admit once", "study");
		desk.answer("nobody", "admit once");
		await settle();
		expect(sent).toEqual([
			["seat", { type: "AnswerKnock", knock: "a", answer: "turn away", room: null }],
			["watch", { type: "AnswerKnock", knock: "b", answer: "admit once", room: "study" }],
		]);
	});

	it("can be asked again after a refusal, and after no answer", async () => {
		come("watch", "a");
		reply = { type: "Refused", ref: 1, refusal: { code: "StorageFailed", facts: {} } };
		desk.answer("a", "admit once");
		await settle();
		expect(desk.door().troubles.get("a")).toMatchObject({ code: "StorageFailed" });
		reply = null;
		desk.answer("a", "admit once");
		await settle();
		expect(desk.door().troubles.get("a")).toBe("unanswered");
		expect(sent).toHaveLength(2);
	});

	it("admits everybody at one room, not those at another one or at a reception", async () => {
		come("watch", "a", "b");
		const others = [
			knocker("c", { door: "study" }),
			knocker("d", { kind: "reception", door: "kitchen" }),
		];
		desk.heard("watch", { type: "KnocksChanged", changed: others, gone: [] });
		reply = { type: "AnswerTaken", ref: 1, room: "kitchen", full: true };
		desk.admitAll("kitchen");
		expect([...desk.door().asked.keys()]).toEqual(["a", "b"]);
		await settle();
		expect(sent).toEqual([["watch", { type: "AdmitAll", door: "kitchen" }]]);
		expect(desk.door().asked.size).toBe(0);
		expect([...desk.door().mine]).toEqual([
			["a", "kitchen"],
			["b", "kitchen"],
		]);
		// Not all of them found a seat: said once.
		expect(desk.door().told).toMatchObject([{ knock: "b", why: "full", room: "kitchen" }]);
		const gone = ["a", "b"].map((id) => ({ id, why: "admitted", by: "Ada" }) as const);
		desk.heard("watch", { type: "KnocksChanged", changed: [], gone });
		expect(desk.door().told.filter(({ knock }) => knock === "b")).toHaveLength(1);
	});

	it("fetches a picture once at a time, and forgets it when they are gone", async () => {
		come("watch", "a");
		reply = { type: "StillLoaded", ref: 1, still: "AAAA" };
		desk.loadStill("a");
		desk.loadStill("a");
		await settle();
		expect(sent).toHaveLength(1);
		expect(desk.door().stills.get("a")?.data).toBe("AAAA");
		desk.heard("watch", { type: "KnocksChanged", changed: [], gone: [gone("a")] });
		expect(desk.door().stills.size).toBe(0);
	});

	it("leaves alone what is not about the door", () => {
		desk.heard("seat", { type: "Done", ref: 1 });
		desk.ended("seat");
		expect(clock.waiting).toBe(0);
	});
});
