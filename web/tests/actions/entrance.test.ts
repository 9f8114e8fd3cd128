import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DoorMemory, type DoorName } from "../../src/actions/door_memory";
import { makeEntranceDesk } from "../../src/actions/entrance";
import { makeStore, type Store } from "../../src/actions/store";
import type { KnockSeen } from "../../src/protocol/generated";
import type { OwnMedia } from "../../src/state/media";
import { FakeClock, settle } from "../fakes/clock";
import { door, knock, PLACE } from "../fakes/door";
import { FakeLocks } from "../fakes/locks";
import { device, fakePage } from "../fakes/page";
import { FakeSocket, welcome } from "../fakes/socket";
import { FakeStorage } from "../fakes/storage";

const garden: DoorName = { kind: "room", name: "garden" };
const SIGN_KEY = "K".repeat(43);
const words = { message: "Hello", still: null };
let clock: FakeClock;
let locks: FakeLocks;
let log: string[];
/** Places that the keys of a page are kept for. */
let keysKept: Set<string>;

beforeEach(() => {
	clock = new FakeClock();
	locks = new FakeLocks();
	log = [];
	keysKept = new Set();
	vi.stubGlobal("localStorage", new FakeStorage());
	vi.stubGlobal("sessionStorage", new FakeStorage());
});
afterEach(() => vi.unstubAllGlobals());

/** One page: a reload is another call with the same storage. */
function open(at: DoorName = garden, own: Partial<OwnMedia> = {}) {
	const store = makeStore();
	const sockets: FakeSocket[] = [];
	let openDevices = () => {};
	let asked = 0;
	const devices = new Promise<void>((resolve) => {
		openDevices = resolve;
	});
	const desk = makeEntranceDesk({
		store,
		kind: at.kind,
		name: () => at.name,
		memory: new DoorMemory(at, clock, ""),
		clock,
		connection: {
			openSocket: () => {
				const socket = new FakeSocket();
				sockets.push(socket);
				return socket;
			},
			reachable: async () => true,
			random: () => 0.5,
		},
		locks: locks as unknown as LockManager,
		own: signal({ ...fakePage().state.own.value, ...own }),
		keys: {
			ready: Promise.resolve(),
			signKey: SIGN_KEY,
			keepFor: (place) => void keysKept.add(place),
			forgetFor: (place) => void keysKept.delete(place),
		},
		openDevices: () => {
			asked += 1;
			return devices;
		},
		enter: () => log.push("enter"),
		goTo: (room) => log.push(`to ${room}`),
		hideKey: () => log.push("hide the key"),
	});
	desk.start();
	const socket = () => {
		const last = sockets.at(-1);
		if (!last) throw new Error("no socket was opened");
		return last;
	};
	return {
		desk,
		store,
		socket,
		sockets,
		async see() {
			await settle();
			socket().open();
			socket().say(door({ ref: socket().last("Look")?.ref ?? -1 }));
			await settle();
		},
		async seeKnock(change: Partial<KnockSeen> = {}) {
			socket().say(knock(change));
			await settle();
		},
		/** How often devices were asked for. */
		asked: () => asked,
		async devicesReady() {
			openDevices();
			await settle();
		},
	};
}

/** Joined, as the room page does it, and welcome. */
function beIn(desk: ReturnType<typeof open>["desk"], store: Store, room = "garden"): void {
	const event = welcome({ wayBack: "token" });
	const snapshot = { ...event.snapshot, room: { ...event.snapshot.room, name: room } };
	store.happen({ type: "JoinStarted" });
	store.happen({ type: "EventHeard", event: { ...event, snapshot }, now: 1, alive: [] });
	desk.welcomed({ ...event, snapshot });
}

describe("knocking", () => {
	it("leads in by itself with the place, over a connection of its own", async () => {
		const { desk, store, see, seeKnock, socket } = open();
		await see();
		desk.actions.knock("Ada", words);
		expect(socket().last("Knock")).toMatchObject({ name: "Ada", ...words, signKey: SIGN_KEY });
		await seeKnock();
		await seeKnock({ state: "admitted" });
		expect(store.stage.value).toMatchObject({ name: "joining", from: "lobby" });
		expect(socket().closed).toBe(true);
		expect(log).toEqual(["enter"]);
		expect(desk.ticket()).toEqual({ place: PLACE, signKey: SIGN_KEY, key: null });
	});

	it("keeps the place and the words over a reload", async () => {
		const first = open();
		await first.see();
		first.desk.actions.knock("Ada", words);
		await first.seeKnock();
		const second = open();
		await second.see();
		expect(second.socket().last("Look")?.place).toBe(PLACE);
		expect(second.desk.state.knockWords.value).toEqual(words);
	});

	it("makes the place itself, the same when the words change or the answer is lost", async () => {
		const { desk, see, socket, seeKnock } = open();
		await see();
		desk.actions.knock("Ada", words);
		const place = socket().last("Knock")?.place ?? "";
		expect(place).toMatch(/^[A-Za-z0-9_-]{43}$/);
		expect(new DoorMemory(garden, clock, "").place).toBe(place);
		socket().drop();
		await clock.advance(1_000);
		await settle();
		await see();
		expect(socket().last("Look")?.place).toBe(place);
		expect(socket().last("Knock")?.place).toBe(place);
		await seeKnock({ place });
		desk.actions.knock("Ada", { message: "Hello again", still: null });
		expect(socket().last("Knock")?.place).toBe(place);
	});

	it("makes another place for another knock", async () => {
		const { desk, store, see, socket, seeKnock } = open();
		await see();
		desk.actions.knock("Ada", words);
		const place = socket().last("Knock")?.place ?? "";
		await seeKnock({ place, state: "turned away" });
		store.happen({ type: "HallEntered" });
		desk.actions.knock("Ada", words);
		expect(socket().last("Knock")?.place).not.toBe(place);
	});

	it("waits at the door for a seat, and looks again when others were first", async () => {
		const { desk, store, see, seeKnock } = open();
		await see();
		desk.actions.knock("Ada", words);
		await seeKnock({ state: "room full" });
		expect(store.stage.value).toMatchObject({ name: "lobby", knock: { state: "room full" } });
		await seeKnock({ state: "admitted" });
		expect(log).toEqual(["enter"]);
		const refusal = { code: "RoomFull", facts: { limit: 2 } } as const;
		store.happen({ type: "JoinRefused", refusal });
		desk.joinRefused(refusal);
		expect(store.stage.value).toMatchObject({ name: "lobby", knock: null });
		await see();
		await seeKnock({ state: "room full" });
		expect(store.stage.value).toMatchObject({ name: "lobby", knock: { state: "room full" } });
	});

	it("forgets the place of a room that was deleted", async () => {
		const { desk, see, seeKnock } = open();
		await see();
		desk.actions.knock("Ada", words);
		await seeKnock({ state: "deleted" });
		expect(new DoorMemory(garden, clock, "").place).toBeNull();
	});

	it("forgets the place once it is answered for good, or given up", async () => {
		const { desk, store, see, seeKnock, socket } = open();
		await see();
		desk.actions.knock("Ada", words);
		await seeKnock();
		await seeKnock({ state: "turned away" });
		expect(new DoorMemory(garden, clock, "").place).toBeNull();
		desk.actions.knock("Ada", words);
		await seeKnock({ state: "waiting" });
		desk.actions.stopKnocking();
		expect(store.stage.value).toMatchObject({ name: "hall", door: { opens: "knock" } });
		socket().say({ type: "Done", ref: socket().last("StopKnocking")?.ref ?? -1 });
		await settle();
		expect(new DoorMemory(garden, clock, "").place).toBeNull();
	});

	it("keeps the keys that knocked until somebody came in with them, or nobody can", async () => {
		const { desk, store, see, seeKnock, socket } = open();
		await see();
		desk.actions.knock("Ada", words);
		const place = socket().last("Knock")?.place ?? "";
		expect([...keysKept]).toEqual([place]);
		await seeKnock({ place });
		await seeKnock({ place, state: "admitted" });
		expect([...keysKept]).toEqual([place]);
		beIn(desk, store);
		expect([...keysKept]).toEqual([]);
		const next = open();
		await next.see();
		next.desk.actions.knock("Ada", words);
		const again = next.socket().last("Knock")?.place ?? "";
		expect([...keysKept]).toEqual([again]);
		await next.seeKnock({ place: again });
		await next.seeKnock({ place: again, state: "turned away" });
		expect([...keysKept]).toEqual([]);
	});

	it("with keys that are gone leads back to the hall, to knock again", async () => {
		const { desk, store, see, seeKnock, socket } = open();
		await see();
		desk.actions.knock("Ada", words);
		await seeKnock({ place: socket().last("Knock")?.place ?? "", state: "admitted" });
		const refusal = { code: "OtherKeys", facts: {} } as const;
		store.happen({ type: "JoinRefused", refusal });
		desk.joinRefused(refusal);
		expect(store.stage.value).toMatchObject({ name: "hall", refusal });
		expect(desk.ticket().place).toBeNull();
		expect([...keysKept]).toEqual([]);
	});

	it("refused because the keys that knocked are gone leads back to the hall as well", async () => {
		const { desk, store, see, seeKnock, socket } = open();
		await see();
		desk.actions.knock("Ada", words);
		const place = socket().last("Knock")?.place ?? "";
		await seeKnock({ place });
		desk.actions.knock("Ada", { message: "Are you there?", still: null });
		const refusal = { code: "OtherKeys", facts: {} } as const;
		socket().say({ type: "Refused", ref: socket().last("Knock")?.ref ?? -1, refusal });
		await settle();
		expect(store.stage.value).toMatchObject({ name: "hall", refusal });
		expect(new DoorMemory(garden, clock, "").place).toBeNull();
		expect([...keysKept]).toEqual([]);
	});

	it("keeps the key of somebody who is always admitted", async () => {
		const { desk, see, seeKnock } = open();
		await see();
		desk.actions.knock("Ada", words);
		await seeKnock({ state: "admitted", key: PLACE });
		const next = open();
		await next.see();
		expect(next.socket().last("Look")?.key).toBe(PLACE);
	});

	it("at a reception leads to the room it was answered with", async () => {
		const reception = open({ kind: "reception", name: "ada" });
		await reception.see();
		expect(reception.socket().last("Look")).toMatchObject({ kind: "reception", name: "ada" });
		reception.desk.actions.knock("Bob", words);
		await reception.seeKnock({ state: "admitted" });
		expect(log).toEqual(["to garden"]);
		const room = open();
		await settle();
		expect(room.store.stage.value).toMatchObject({ name: "hall", arriving: "let in" });
		expect(log).toEqual(["to garden"]);
		await room.devicesReady();
		expect(log).toEqual(["to garden", "enter"]);
		expect(room.desk.ticket().place).toBe(PLACE);
		expect(keysKept).toContain(PLACE);
	});
});

describe("entering with a link", () => {
	const KEY = "k".repeat(43);

	function keyed() {
		sessionStorage.setItem("meetd.brought", JSON.stringify({ room: "garden", key: KEY }));
		return open().desk;
	}

	it("comes with the same place at every try, also after a reload, until it is in", () => {
		const desk = keyed();
		const { place } = desk.ticket();
		expect(place).toMatch(/^[A-Za-z0-9_-]{43}$/);
		expect(desk.ticket()).toEqual({ place, signKey: SIGN_KEY, key: KEY });
		expect(keyed().ticket().place).toBe(place);
		desk.welcomed(welcome());
		expect(keyed().ticket().place).not.toBe(place);
	});

	it("without a link comes with none", () => {
		expect(open().desk.ticket().place).toBeNull();
	});
});

describe("an admission from before", () => {
	it("waits for the devices", async () => {
		const first = open();
		await first.see();
		first.desk.actions.knock("Ada", words);
		await first.seeKnock();
		const second = open();
		await second.see();
		await second.seeKnock({ state: "admitted" });
		expect(log).toEqual([]);
		await second.devicesReady();
		expect(log).toEqual(["enter"]);
	});

	it("is tried once: what keeps one out then is read and answered by the person", async () => {
		const { desk, store, see, seeKnock, devicesReady } = open();
		await see();
		desk.actions.knock("Ada", words);
		await seeKnock({ state: "admitted" });
		await devicesReady();
		const refusal = { code: "ServerStopping", facts: {} } as const;
		store.happen({ type: "JoinRefused", refusal });
		desk.joinRefused(refusal);
		await see();
		await seeKnock({ state: "admitted" });
		expect(store.stage.value).toMatchObject({ name: "hall", refusal, arriving: "let in" });
		expect(log).toEqual(["enter"]);
		expect(desk.ticket().place).toBe(PLACE);
	});

	it("is forgotten when it is not good any more", async () => {
		const { desk, store, see, seeKnock } = open();
		await see();
		desk.actions.knock("Ada", words);
		await seeKnock({ state: "admitted" });
		const refusal = { code: "KnockFirst", facts: {} } as const;
		store.happen({ type: "JoinRefused", refusal });
		desk.joinRefused(refusal);
		await see();
		expect(desk.ticket().place).toBeNull();
		expect(new DoorMemory(garden, clock, "").place).toBeNull();
	});
});

describe("coming back", () => {
	/** In the room, and the page goes. */
	async function reload(): Promise<void> {
		const before = open();
		await before.see();
		beIn(before.desk, before.store);
		expect(locks.held).toEqual(["meetd.room.garden"]);
		before.desk.ended("left", true);
		await settle();
		expect(locks.held).toEqual([]);
	}

	it("after a reload leads straight in, once the devices are there", async () => {
		await reload();
		const { desk, store, see, devicesReady, socket } = open();
		await settle();
		expect(store.stage.value).toMatchObject({ arriving: "coming back" });
		await see();
		expect(socket().last("Look")?.wayBack).toBe("token");
		await devicesReady();
		expect(log).toEqual(["enter"]);
		expect(desk.wayBack).toBe("token");
	});

	it("stops in the hall when a device cannot be had again", async () => {
		await reload();
		const camera = device({ on: false, trouble: "busy" });
		const { store, devicesReady } = open(garden, { camera });
		await devicesReady();
		expect(log).toEqual([]);
		expect(store.stage.value.name).toBe("hall");
	});

	it("does not wait for devices that never can be had here", async () => {
		await reload();
		const never = device({ on: false, trouble: "insecure" });
		const { devicesReady } = open(garden, { camera: never, microphone: never });
		await devicesReady();
		expect(log).toEqual(["enter"]);
	});

	it("is over after two minutes", async () => {
		await reload();
		await clock.advance(120_000);
		const { desk, store, devicesReady } = open();
		await devicesReady();
		expect(store.stage.value).toMatchObject({ name: "hall", arriving: null });
		expect(desk.wayBack).toBeNull();
	});

	it("takes no seat of another tab", async () => {
		await reload();
		locks.held.push("meetd.room.garden");
		const { desk, devicesReady } = open();
		await devicesReady();
		expect(desk.wayBack).toBeNull();
		expect(log).toEqual([]);
	});

	it("in a new tab is a matter of pressing Join", async () => {
		await reload();
		vi.stubGlobal("sessionStorage", new FakeStorage());
		const { desk, store, asked, devicesReady } = open();
		await devicesReady();
		expect(store.stage.value).toMatchObject({ name: "hall", arriving: null });
		expect(asked()).toBe(0);
		expect(desk.wayBack).toBe("token");
		expect(log).toEqual([]);
	});

	it("is not done by itself after leaving, and not at all after being removed", async () => {
		for (const [why, left] of [
			["left", "token"],
			["removed", null],
			["ended", null],
			["deleted", null],
			["access ended", null],
		] as const) {
			const page = open();
			await page.see();
			beIn(page.desk, page.store);
			page.desk.ended(why, false);
			await settle();
			expect(page.store.stage.value).toEqual({ name: "left", why });
			const next = open();
			await next.devicesReady();
			expect(next.store.stage.value, why).toMatchObject({ name: "hall", arriving: null });
			expect(next.desk.wayBack, why).toBe(left);
		}
		expect(log).toEqual([]);
	});

	it("says who ended the meeting, when it was the person", async () => {
		const { desk, store, see } = open();
		await see();
		beIn(desk, store);
		desk.ended("ended", false, true);
		expect(store.stage.value).toEqual({ name: "left", why: "ended by you" });
	});

	it("is dated anew as long as one is in", async () => {
		const { desk, store, see } = open();
		await see();
		beIn(desk, store);
		await clock.advance(600_000);
		expect(desk.wayBack).toBe("token");
		desk.ended("left", false);
		expect(clock.waiting).toBe(0);
	});
});

it("sent to the lobby, knocks there with the place that came before", async () => {
	const { desk, store, see, sockets, socket } = open();
	await see();
	beIn(desk, store);
	expect(socket().closed).toBe(true);
	desk.sentToLobby(knock());
	desk.ended("sent to lobby", false);
	await settle();
	expect(store.stage.value).toMatchObject({ name: "lobby", sentBack: true });
	expect(sockets).toHaveLength(2);
	await see();
	expect(socket().last("Look")?.place).toBe(PLACE);
});
