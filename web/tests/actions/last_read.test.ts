import { beforeEach, expect, it, vi } from "vitest";
import { makeLastRead } from "../../src/actions/last_read";
import { makeStore, type Store } from "../../src/actions/store";
import { message } from "../fakes/meeting";
import { welcome } from "../fakes/socket";
import { FakeStorage } from "../fakes/storage";

beforeEach(() => void vi.stubGlobal("localStorage", new FakeStorage()));

/** In the room, where so many messages are. */
function visit(count: number): { store: Store; leave: () => void } {
	const store = makeStore();
	const last = makeLastRead(store);
	store.happen({ type: "JoinStarted" });
	const messages = Array.from({ length: count }, (_, index) => message(index + 1));
	const chat = { messages, earlier: false };
	const event = welcome({ snapshot: { ...welcome().snapshot, chat } });
	store.happen({ type: "EventHeard", event, now: 0, alive: [] });
	last.welcomed();
	const leave = () => {
		store.happen({ type: "MeetingLeft", why: "left" });
		last.left();
	};
	return { store, leave };
}

const readUpTo = (store: Store) => store.meeting()?.chat.readUpTo;

it("counts as read what was said before one came for the first time", () => {
	expect(readUpTo(visit(3).store)).toBe(3);
});

it("knows at the next visit where one left off", () => {
	const first = visit(2);
	first.leave();
	const second = visit(6);
	expect(readUpTo(second.store)).toBe(2);
	second.store.happen({ type: "MessagesRead", number: 5 });
	second.leave();
	expect(readUpTo(visit(6).store)).toBe(5);
});

it("counts a number that there never was as the last", () => {
	visit(9).leave();
	expect(readUpTo(visit(4).store)).toBe(4);
});

it.each([
	"{",
	"[]",
	'{"rooms":{}}',
	'{"rooms":[null,{"room":7,"upTo":1},{"room":"garden","upTo":"1"},{"room":"garden","upTo":1.5}]}',
])("believes nothing of %s", (stored) => {
	localStorage.setItem("meetd.read", stored);
	expect(readUpTo(visit(3).store)).toBe(3);
});

it("keeps a hundred rooms at most", () => {
	const rooms = Array.from({ length: 300 }, (_, index) => ({ room: `r${index}`, upTo: 1 }));
	localStorage.setItem("meetd.read", JSON.stringify({ rooms }));
	visit(2);
	const kept = JSON.parse(localStorage.getItem("meetd.read") ?? "{}") as { rooms: unknown[] };
	expect(kept.rooms).toHaveLength(100);
	expect(kept.rooms[0]).toEqual({ room: welcome().snapshot.room.name, upTo: 2 });
});
