import { beforeEach, describe, expect, it, vi } from "vitest";
import { type BoardDesk, makeBoardDesk } from "../../src/actions/boards";
import { makeStore } from "../../src/actions/store";
import type { Answer } from "../../src/connection/line";
import type { Command } from "../../src/protocol/generated";
import type { Note } from "../../src/state/notes";
import { FakeClock } from "../fakes/clock";
import { participant } from "../fakes/meeting";
import { welcome } from "../fakes/socket";

// There is no canvas here that makes a picture small.
vi.mock("../../src/board/over", () => ({ updatesWith: async () => [new Uint8Array([1])] }));

let desk: BoardDesk;
let asked: Command[];
let notes: Note[];
let answer: (command: Command) => Answer | null;

beforeEach(() => {
	asked = [];
	notes = [];
	answer = () => ({ type: "Done", ref: 1 });
	const store = makeStore();
	const told = {
		ask: (command: Command) => Promise.resolve(asked.push(command) > 0),
		note: (note: Note) => void notes.push(note),
	};
	desk = makeBoardDesk(
		store,
		told,
		async (command) => {
			asked.push(command);
			return answer(command);
		},
		new FakeClock(),
	);
	store.happen({ type: "JoinStarted" });
	const snapshot = { ...welcome().snapshot, participants: [participant(0)] };
	const limits = { ...welcome().limits, name: 64 };
	store.happen({ type: "EventHeard", event: welcome({ snapshot, limits }), now: 0, alive: [] });
});

describe("drawing on a file", () => {
	it.each([
		["x".repeat(70), `${"x".repeat(63)}…`],
		["😀".repeat(70), `${"😀".repeat(63)}…`],
		["x".repeat(64), "x".repeat(64)],
	])("gives the board a name that the server takes", async (name, expected) => {
		answer = () => ({ type: "BoardMade", ref: 1, board: "b" });
		await desk.actions.drawOver(name, async () => new Blob(["picture"]));
		expect(asked.find(({ type }) => type === "AddBoard")).toMatchObject({ name: expected });
		expect(notes).toEqual([]);
	});
});
