import { describe, expect, test } from "vitest";
import { apply } from "../../src/state/apply";
import { leftBy } from "../../src/state/leftovers";
import type { Meeting, Stage } from "../../src/state/model";
import { item, meeting, message, participant } from "../fakes/meeting";

const START = 5_000;
const host = participant(0, { role: "host" });
const board = { id: "b1", name: "Plan", author: "p1", authorName: "Bob", addedAt: START + 1 };

function hosting(change: Partial<Meeting> = {}): Meeting {
	return meeting({ participants: [host, participant(1)], since: START, ...change });
}

function saying(...messages: readonly Parameters<typeof message>[1][]): Meeting["chat"] {
	return { ...meeting().chat, messages: messages.map((each, n) => message(n + 1, each)) };
}

function stageAfter(before: Meeting, why: "left" | "ended by you"): Stage {
	const stage: Stage = { name: "in", meeting: before, connection: { name: "online" } };
	return apply(stage, { type: "MeetingLeft", why });
}

describe("what the last host is asked about", () => {
	test("what this meeting made is counted, and what was there before is not", () => {
		const content = [item(1, { addedAt: START - 1 }), item(2, { addedAt: START })];
		const chat = saying({ at: START - 1 }, { at: START + 5 });
		expect(leftBy(hosting({ content, boards: [board], chat }))).toEqual({
			files: 1,
			boards: 1,
			chat: true,
		});
	});

	test.each([
		["nothing was made", hosting()],
		["all of it is older", hosting({ content: [item(1, { addedAt: START - 1 })] })],
		["what was said was taken back", hosting({ chat: saying({ at: START, deleted: true }) })],
		[
			"another host is there",
			hosting({ participants: [host, participant(1, { role: "host" })], boards: [board] }),
		],
		["one is no host", hosting({ participants: [participant(0)], boards: [board] })],
	])("nothing, where %s", (_, before) => {
		expect(leftBy(before)).toBeUndefined();
	});

	test("only whoever leaves is asked: whoever ended it for everybody was", () => {
		const before = hosting({ boards: [board] });
		const leftovers = { files: 0, boards: 1, chat: false };
		expect(stageAfter(before, "left")).toEqual({ name: "left", why: "left", leftovers });
		expect(stageAfter(before, "ended by you")).toEqual({ name: "left", why: "ended by you" });
	});
});
