import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MeetingEvent, Snapshot } from "../../src/protocol/generated";
import { apply, follow } from "../../src/state/apply";
import { HALL } from "../../src/state/door";
import type { Happening } from "../../src/state/happenings";
import type { Meeting, Stage } from "../../src/state/model";
import { item, meeting, message, participant, room } from "../fakes/meeting";
import { welcome } from "../fakes/socket";

function heard(event: Extract<Happening, { type: "EventHeard" }>["event"], alive: string[] = []) {
	return { type: "EventHeard", event, now: 1_000, alive } as const;
}

function inside(change: Partial<Meeting> = {}): Stage {
	return { name: "in", meeting: meeting(change), connection: { name: "online" } };
}

function meetingOf(stage: Stage): Meeting {
	if (stage.name !== "in") throw new Error(`not in a meeting but ${stage.name}`);
	return stage.meeting;
}

const people = (ids: readonly number[]) => ids.map((id) => participant(id));
const snapshotOf = (participants: Snapshot["participants"]): Snapshot => ({
	room: room(),
	participants,
	chat: { messages: [], earlier: false },
	content: [],
	boards: [],
	presentation: null,
});

describe("old snapshot + events = new snapshot, as the server sees it", () => {
	const file = new URL("../../../tests/protocol/traces/meeting.json", import.meta.url);
	const trace = JSON.parse(readFileSync(file, "utf8")) as {
		events: MeetingEvent[];
		snapshot: Snapshot;
	}[];
	it("at every step of the trace", () => {
		const first = trace[0];
		if (!first) throw new Error("the trace is empty");
		const stage = apply(
			{ name: "joining", door: null, from: "hall" },
			heard(welcome({ snapshot: first.snapshot })),
		);
		let now = { ...meetingOf(stage), seq: 0 };
		for (const { events, snapshot } of trace) {
			now = events.reduce(follow, now);
			expect(now.participants).toEqual(snapshot.participants);
			expect(now.chat.messages).toEqual(snapshot.chat.messages);
			expect(now.room).toEqual(snapshot.room);
			expect(now.content).toEqual(snapshot.content);
			expect(now.presentation).toEqual(snapshot.presentation);
		}
		expect(trace.length).toBeGreaterThan(5);
	});
});

describe("coming back", () => {
	it("keeps whom we still hear when the server restarted, and nobody else", () => {
		const before = inside({ participants: people([0, 1, 2]), meeting: "old" });
		const snapshot = snapshotOf(people([0]));
		const after = meetingOf(apply(before, heard(welcome({ meeting: "new", snapshot }), ["p1"])));
		expect(after.participants.map(({ id }) => id)).toEqual(["p0"]);
		expect(after.missing.map(({ id }) => id)).toEqual(["p1"]);
	});

	it("takes a missing one back when they joined, and gives up on one who did not", () => {
		const stage = inside({ missing: people([1, 2]) });
		const joined = apply(
			stage,
			heard({ type: "ParticipantJoined", seq: 2, participant: participant(1) }),
		);
		expect(meetingOf(joined).missing.map(({ id }) => id)).toEqual(["p2"]);
		expect(meetingOf(joined).participants.map(({ id }) => id)).toEqual(["p0", "p1"]);
		const given = apply(joined, { type: "MissingGivenUp", participants: ["p1", "p2"] });
		expect(meetingOf(given).missing).toEqual([]);
		expect(meetingOf(given).participants.map(({ id }) => id)).toEqual(["p0", "p1"]);
	});

	it("misses nobody in the same meeting, nor as somebody else than before", () => {
		const before = inside({ participants: people([0, 1]), meeting: "m" });
		const snapshot = snapshotOf(people([0]));
		const same = apply(before, heard(welcome({ meeting: "m", snapshot }), ["p1"]));
		expect(meetingOf(same).missing).toEqual([]);
		const other = apply(before, heard(welcome({ meeting: "n", you: "p9", snapshot }), ["p1"]));
		expect(meetingOf(other).missing).toEqual([]);
	});

	it("is online again after it was lost", () => {
		const lost = apply(inside(), { type: "ConnectionLost", attempt: 2 });
		expect(lost).toMatchObject({ connection: { name: "coming back", attempt: 2 } });
		expect(apply(lost, heard(welcome()))).toMatchObject({ connection: { name: "online" } });
	});

	it("does not bring back somebody who left meanwhile", () => {
		const left = apply(inside(), { type: "MeetingLeft", why: "left" });
		expect(apply(left, heard(welcome()))).toBe(left);
	});
});

it("takes over what changed about the room", () => {
	const locked = room({ name: "attic", owned: true, locked: true });
	const after = apply(inside({ seq: 4 }), heard({ type: "RoomChanged", seq: 5, room: locked }));
	expect(meetingOf(after)).toMatchObject({ seq: 5, room: locked });
});

it("does not apply twice what the snapshot contains", () => {
	const stage = inside({ seq: 7 });
	const again = heard({ type: "ParticipantJoined", seq: 7, participant: participant(3) });
	expect(apply(stage, again)).toBe(stage);
});

it("treats an id such as __proto__ as any other", () => {
	const path = { type: "PathChanged", participant: "__proto__", path: "direct" } as const;
	const after = meetingOf(apply(inside(), heard({ ...path, state: "failed" })));
	expect(Object.keys(after.paths)).toEqual(["__proto__"]);
	expect(({} as { state?: unknown }).state).toBeUndefined();
	const left = { type: "ParticipantLeft", seq: 2, participant: "__proto__", why: "left" } as const;
	expect(
		Object.keys(
			meetingOf(apply({ name: "in", meeting: after, connection: { name: "online" } }, heard(left)))
				.paths,
		),
	).toEqual([]);
});

const id = fc.integer({ min: 0, max: 4 });
const clientId = id.map((number) => `c${number}`);
const refusal = { code: "StorageFull", facts: {} } as const;
const seq = fc.integer({ min: 0, max: 30 });
const someone = fc
	.tuple(id, fc.boolean())
	.map(([number, away]) => participant(number, { away, camera: away }));
const said = fc.integer({ min: 1, max: 12 }).map((number) => message(number));
const shared = id.map((number) => item(number));
const page = fc.record({ messages: fc.array(said, { maxLength: 5 }), earlier: fc.boolean() });
const event = fc.oneof(
	fc
		.tuple(fc.array(someone, { maxLength: 4 }), page, seq, fc.constantFrom("m", "n"), id)
		.map(([participants, chat, number, name, you]) =>
			welcome({
				seq: number,
				meeting: name,
				you: `p${you}`,
				snapshot: { room: room(), participants, chat, content: [], boards: [], presentation: null },
			}),
		),
	fc.record({ type: fc.constant("ParticipantJoined" as const), seq, participant: someone }),
	fc.record({ type: fc.constant("ParticipantChanged" as const), seq, participant: someone }),
	fc.record({
		type: fc.constant("ParticipantLeft" as const),
		seq,
		participant: id.map((number) => `p${number}`),
		why: fc.constantFrom("left" as const, "dropped" as const),
	}),
	fc.record({ type: fc.constant("ChatPosted" as const), seq, message: said }),
	fc.record({ type: fc.constant("ContentAdded" as const), seq, item: shared }),
	fc.record({
		type: fc.constant("ContentRemoved" as const),
		seq,
		item: id.map((number) => `i${number}`),
	}),
	fc.record({
		type: fc.constant("RoomChanged" as const),
		seq,
		room: fc.boolean().map((locked) => room({ locked })),
	}),
	fc.record({ type: fc.constant("ChatLoaded" as const), ref: seq, page }),
	fc.record({
		type: fc.constant("PathChanged" as const),
		participant: id.map((number) => `p${number}`),
		path: fc.constant("direct" as const),
		state: fc.constantFrom("connecting" as const, "connected" as const, "failed" as const),
	}),
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
	event.map((one) => heard(one, ["p1", "p2"])),
	event.map((one) => heard(one)),
	fc.constantFrom<Happening>(
		{ type: "JoinStarted" },
		{ type: "JoinUnanswered" },
		{ type: "JoinRefused", refusal },
		{ type: "ConnectionLost", attempt: 1 },
		{ type: "MeetingLeft", why: "left" },
		{ type: "HallEntered" },
		{ type: "EarlierAsked" },
		{ type: "EarlierNotGiven" },
		{ type: "MissingGivenUp", participants: ["p1"] },
	),
	clientId.map(
		(one) =>
			({
				type: "MessageSaid",
				clientId: one,
				text: "hi",
				replyTo: null,
				to: null,
				mentions: [],
				now: 5,
			}) as const,
	),
	clientId.map((one) => ({ type: "MessageRefused", clientId: one, refusal }) as const),
	clientId.map((one) => ({ type: "MessageSaidAgain", clientId: one }) as const),
	clientId.map((one) => ({ type: "MessageAcknowledged", clientId: one }) as const),
	fc.integer().map((number) => ({ type: "MessagesRead", number }) as const),
);

function freeze<T>(value: T): T {
	if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const part of Object.values(value)) freeze(part);
	}
	return value;
}

it("never throws, never changes what it was given, never doubles anybody or anything", () => {
	fc.assert(
		fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
			let stage: Stage = freeze(HALL);
			stage = apply(stage, { type: "JoinStarted" });
			stage = apply(stage, heard(welcome()));
			for (const one of happenings) {
				stage = apply(freeze(stage), freeze(one));
				if (stage.name !== "in") continue;
				const { participants, missing, chat } = stage.meeting;
				const ids = missing.map((person) => person.id);
				expect(ids.filter((one) => participants.some((other) => other.id === one))).toEqual([]);
				const numbers = chat.messages.map(({ number }) => number);
				expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
				expect(new Set(chat.pending.map((pending) => pending.clientId)).size).toBe(
					chat.pending.length,
				);
			}
		}),
		{ numRuns: 500 },
	);
});
