import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apply } from "../../src/state/apply";
import { HALL } from "../../src/state/door";
import type { Happening } from "../../src/state/happenings";
import type { Stage } from "../../src/state/model";
import { door, knock } from "../fakes/door";
import { welcome } from "../fakes/socket";

const seen = (change: Parameters<typeof door>[0] = {}): Happening => ({
	type: "DoorSeen",
	event: door(change),
});
const knocked = (change: Parameters<typeof knock>[0] = {}): Happening => ({
	type: "KnockSeen",
	event: knock(change),
	now: 1_000,
});
const stageAfter = (...happenings: readonly Happening[]): Stage =>
	happenings.reduce<Stage>(apply, HALL);
const refusal = { code: "TooFast", facts: { seconds: 3 } } as const;

describe("the hall", () => {
	it("follows the door while one stands there", () => {
		expect(
			stageAfter(seen({ opens: "join" }), seen({ opens: "knock", hostPresent: false })),
		).toMatchObject({
			name: "hall",
			door: { opens: "knock", hostPresent: false },
		});
	});

	it("says that the server is away, until it is back", () => {
		const lost = stageAfter(seen(), { type: "DoorLost", unreachable: true });
		expect(lost).toMatchObject({ unreachable: true, door: { opens: "knock" } });
		expect(apply(lost, seen())).toMatchObject({ unreachable: false });
	});

	it("shows who comes back to a place how it stands", () => {
		expect(stageAfter(seen(), knocked())).toMatchObject({
			name: "lobby",
			knock: { state: "waiting" },
		});
	});

	it("shows oneself before going in by an admission from before", () => {
		expect(stageAfter(seen(), knocked({ state: "admitted" }))).toMatchObject({
			name: "hall",
			arriving: "let in",
		});
	});

	it("is not there for a room that was deleted, whether looked at or joined", () => {
		const gone = { code: "NoSuchRoom", facts: {} } as const;
		const deleted = { name: "left", why: "deleted" };
		expect(stageAfter({ type: "KnockRefused", refusal: gone })).toEqual(deleted);
		expect(
			stageAfter(seen(), { type: "JoinStarted" }, { type: "JoinRefused", refusal: gone }),
		).toEqual(deleted);
		expect(
			stageAfter(seen(), { type: "KnockStarted" }, { type: "KnockRefused", refusal: gone }),
		).toEqual(deleted);
	});

	it("says nothing of a knock that is long over", () => {
		const stage = stageAfter(seen());
		expect(apply(stage, knocked({ state: "lapsed" }))).toBe(stage);
	});
});

describe("the lobby", () => {
	const waiting = () => stageAfter(seen(), { type: "KnockStarted" }, knocked());

	it("is entered by knocking, and keeps what is known of the door", () => {
		expect(stageAfter(seen({ greeting: "Hi" }), { type: "KnockStarted" })).toMatchObject({
			name: "lobby",
			knock: null,
			door: { greeting: "Hi" },
		});
	});

	it("counts the time by the own clock", () => {
		const stage = stageAfter(seen(), knocked({ knockedAt: 500_000, now: 560_000 }));
		expect(stage).toMatchObject({ knock: { since: 1_000 - 60_000 } });
	});

	it("is left for the room when a host admits, and only then", () => {
		expect(apply(waiting(), knocked({ state: "asked to wait" })).name).toBe("lobby");
		expect(apply(waiting(), knocked({ state: "turned away" }))).toMatchObject({
			name: "lobby",
			knock: { state: "turned away" },
		});
		expect(apply(waiting(), knocked({ state: "admitted" }))).toMatchObject({
			name: "joining",
			from: "lobby",
		});
	});

	it("leads back to the hall with the reason when the knock is refused", () => {
		const stage = stageAfter(seen(), { type: "KnockStarted" }, { type: "KnockRefused", refusal });
		expect(stage).toMatchObject({ name: "hall", refusal, door: { opens: "knock" } });
	});

	it("is kept when only a change of the knock is refused", () => {
		const stage = apply(waiting(), { type: "KnockRefused", refusal });
		expect(stage).toMatchObject({ name: "lobby", refusal, knock: { state: "waiting" } });
		expect(apply(stage, { type: "KnockStarted" })).toMatchObject({ refusal: null });
	});

	it("stays, and says so, while the server is away", () => {
		const lost = apply(waiting(), { type: "DoorLost", unreachable: true });
		expect(lost).toMatchObject({ name: "lobby", online: false });
		expect(apply(lost, seen())).toMatchObject({ online: true });
	});

	it("says when the server does not know the knock any more", () => {
		expect(apply(waiting(), { type: "KnockForgotten" })).toMatchObject({
			name: "lobby",
			knock: { state: "lapsed" },
		});
	});

	it("is left for the hall at the same door", () => {
		expect(apply(waiting(), { type: "HallEntered" })).toMatchObject({
			name: "hall",
			door: { opens: "knock" },
		});
	});

	it("is where one lands who is sent there from the room", () => {
		const inside = apply(
			{ name: "joining", door: null, from: "hall" },
			{ type: "EventHeard", event: welcome(), now: 1, alive: [] },
		);
		expect(inside.name).toBe("in");
		expect(apply(inside, { type: "LobbyEntered", event: knock(), now: 1 })).toMatchObject({
			name: "lobby",
			knock: { state: "waiting" },
		});
	});

	it("makes way for another tab", () => {
		expect(apply(waiting(), { type: "KnockTakenOver" })).toEqual({
			name: "left",
			why: "knocking elsewhere",
		});
	});
});

const happening: fc.Arbitrary<Happening> = fc.oneof(
	fc.constantFrom("join" as const, "knock" as const).map((opens) => seen({ opens })),
	fc
		.constantFrom("waiting", "asked to wait", "turned away", "lapsed", "admitted" as const)
		.map((state) => knocked({ state: state as "waiting" })),
	fc.boolean().map((unreachable): Happening => ({ type: "DoorLost", unreachable })),
	fc.constantFrom<Happening>(
		{ type: "KnockStarted" },
		{ type: "KnockRefused", refusal },
		{ type: "KnockForgotten" },
		{ type: "KnockTakenOver" },
		{ type: "Arriving", how: "coming back" },
		{ type: "JoinStarted" },
		{ type: "JoinRefused", refusal },
		{ type: "JoinUnanswered" },
		{ type: "HallEntered" },
	),
);

it("nobody gets from the lobby towards the room but by an admission", () => {
	fc.assert(
		fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
			let stage: Stage = HALL;
			for (const one of happenings) {
				const before = stage;
				stage = apply(stage, one);
				if (before.name !== "lobby" || stage.name !== "joining") continue;
				expect(one).toMatchObject({ type: "KnockSeen", event: { state: "admitted" } });
			}
		}),
	);
});
