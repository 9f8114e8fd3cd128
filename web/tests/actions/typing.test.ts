import { beforeEach, expect, it } from "vitest";
import {
	makeTypingDesk,
	SHOWN_FOR_MS,
	TELL_EVERY_MS,
	type TypingDesk,
} from "../../src/actions/typing";
import { en } from "../../src/i18n/en";
import type { Command, TypingShown } from "../../src/protocol/generated";
import { sentence } from "../../src/views/chat/Writers";
import { FakeClock } from "../fakes/clock";
import { message, participant } from "../fakes/meeting";

let clock: FakeClock;
let told: Command[];
let desk: TypingDesk;

beforeEach(() => {
	clock = new FakeClock();
	told = [];
	desk = makeTypingDesk(clock, (command) => void told.push(command));
});

const shown = (id: string, toYou = false): TypingShown => ({
	type: "TypingShown",
	participant: id,
	private: toYou,
});
const writers = () => desk.writers.value.map(({ id }) => id);

it("tells now and then that one writes, and at once that it is to somebody else", async () => {
	for (let index = 0; index < 10; index += 1) desk.showTyping(null);
	expect(told).toEqual([{ type: "ShowTyping", to: null }]);
	desk.showTyping("p1");
	expect(told).toHaveLength(2);
	await clock.advance(TELL_EVERY_MS);
	desk.showTyping("p1");
	expect(told).toHaveLength(3);
});

it("shows who writes until they have not for a while", async () => {
	desk.heard(shown("p1"));
	await clock.advance(SHOWN_FOR_MS - 1);
	desk.heard(shown("p1"));
	await clock.advance(SHOWN_FOR_MS - 1);
	expect(writers()).toEqual(["p1"]);
	await clock.advance(1);
	expect(writers()).toEqual([]);
	expect(clock.waiting).toBe(0);
});

it("shows nobody who said it, left, or is out of reach", () => {
	for (const id of ["p1", "p2", "p3", "p4"]) desk.heard(shown(id));
	desk.heard({ type: "ChatPosted", seq: 1, message: message(1, { author: "p1" }) });
	desk.heard({ type: "PrivateChatPosted", message: message(2, { author: "p2" }) });
	desk.heard({ type: "ParticipantLeft", seq: 2, participant: "p3", why: "left" });
	expect(writers()).toEqual(["p4"]);
	desk.forget();
	expect(writers()).toEqual([]);
	expect(clock.waiting).toBe(0);
});

it("says it in one sentence, to oneself first", () => {
	const participants = [1, 2, 3].map((index) => participant(index, { name: `P${index}` }));
	const say = (...from: TypingShown[]) =>
		sentence(
			from.map((one) => ({ id: one.participant, private: one.private })),
			{ participants },
			en,
			"en",
		);
	expect(say()).toBe("");
	expect(say(shown("gone"))).toBe("");
	expect(say(shown("p1"))).toBe("P1 is writing");
	expect(say(shown("p1"), shown("p2"))).toBe("P1 and P2 are writing");
	expect(say(shown("p1"), shown("p2"), shown("p3"))).toBe("Several people are writing");
	expect(say(shown("p1"), shown("p2", true))).toBe("P2 is writing to you");
});
