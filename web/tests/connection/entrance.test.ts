import { beforeEach, describe, expect, it } from "vitest";
import { Entrance } from "../../src/connection/entrance";
import type { DoorSeen, KnockSeen, Refusal } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";
import { door, knock } from "../fakes/door";
import { FakeSocket } from "../fakes/socket";

let clock: FakeClock;
let sockets: FakeSocket[];
let log: string[];
let place: string | null;
let reachable: boolean;
let entrance: Entrance;

beforeEach(() => {
	clock = new FakeClock();
	sockets = [];
	log = [];
	place = null;
	reachable = true;
	entrance = new Entrance({
		openSocket: () => {
			const socket = new FakeSocket();
			sockets.push(socket);
			return socket;
		},
		reachable: async () => reachable,
		clock,
		random: () => 0.5,
		look: () => ({ kind: "room", name: "garden", key: null, wayBack: null, place }),
		handlers: {
			door: ({ opens }) => log.push(`door ${opens}`),
			knock: (event) => {
				log.push(`knock ${event.state}`);
				place = event.place;
			},
			lost: (attempt) => log.push(`lost ${attempt}`),
			refused: ({ code }) => log.push(`refused ${code}`),
			stale: (what) => {
				log.push(`stale ${what}`);
				if (what === "place") place = null;
			},
			stopped: () => log.push("stopped"),
			takenOver: () => log.push("taken over"),
		},
	});
	entrance.start();
});

const socket = () => {
	const last = sockets.at(-1);
	if (!last) throw new Error("no socket was opened");
	return last;
};
const refOf = (type: "Look" | "Knock" | "StopKnocking" | "Ping") => socket().last(type)?.ref ?? -1;
const knocks = () => sockets.flatMap(({ sent }) => sent.filter(({ type }) => type === "Knock"));

async function see(change: Partial<DoorSeen> = {}): Promise<void> {
	socket().open();
	socket().say(door({ ref: refOf("Look"), ...change }));
	await settle();
}

async function seeKnock(change: Partial<KnockSeen> = {}): Promise<void> {
	socket().say(knock({ ref: 0, ...change }));
	await settle();
}

async function refuse(ref: number, refusal: Refusal): Promise<void> {
	socket().say({ type: "Refused", ref, refusal });
	await settle();
}

const words = { name: "Ada", message: "Hello", still: null };

describe("looking at the door", () => {
	it("tells how it stands, and again when it changes", async () => {
		await see({ opens: "join" });
		socket().say(door({ ref: 0, opens: "knock" }));
		expect(log).toEqual(["door join", "door knock"]);
	});

	it("goes on when the connection is lost, waiting longer each time", async () => {
		await see();
		socket().drop();
		await clock.advance(250);
		expect(sockets).toHaveLength(2);
		socket().drop();
		await clock.advance(499);
		expect(sockets).toHaveLength(2);
		await clock.advance(1);
		await see();
		expect(log).toEqual(["door knock", "lost 1", "lost 2", "door knock"]);
	});

	it("opens no socket to a server that does not answer, and goes on asking", async () => {
		await see();
		reachable = false;
		socket().drop();
		await clock.advance(60_000);
		expect(sockets).toHaveLength(1);
		reachable = true;
		await clock.advance(5_000);
		expect(sockets).toHaveLength(2);
	});

	it("takes a server that fell silent as lost, sooner when the page wakes up", async () => {
		await see();
		entrance.wake();
		await clock.advance(2_000);
		expect(log.at(-1)).toBe("lost 1");
	});

	it("does not wait when the network is back", async () => {
		socket().drop();
		entrance.wake();
		await settle();
		expect(sockets).toHaveLength(2);
	});

	it("leaves nothing running when it is closed", async () => {
		await see();
		entrance.close();
		expect(socket().closed).toBe(true);
		expect(clock.waiting).toBe(0);
		expect(log).toEqual(["door knock"]);
	});

	it("that was left before it was reached is left as soon as it is", async () => {
		entrance.close();
		expect(socket().closed).toBe(false);
		socket().open();
		expect(socket().closed).toBe(true);
		expect(socket().sent).toEqual([]);
		expect(clock.waiting).toBe(0);
	});

	it("waits as long as the server says", async () => {
		socket().open();
		await refuse(refOf("Look"), { code: "TooFast", facts: { seconds: 7 } });
		socket().say({ type: "Ended", why: "refused", retry: false });
		await clock.advance(6_999);
		expect(sockets).toHaveLength(1);
		await clock.advance(1);
		expect(sockets).toHaveLength(2);
	});

	it("says once why a door cannot be looked at, and stops", async () => {
		socket().open();
		await refuse(refOf("Look"), { code: "RoomNameInvalid", facts: {} });
		await clock.advance(60_000);
		expect(log).toEqual(["refused RoomNameInvalid"]);
		expect(sockets).toHaveLength(1);
		expect(entrance.isOver).toBe(true);
	});

	it.each([
		["WayBackInvalid", "way back"],
		["KnockFirst", "place"],
		["InviteLinkInvalid", "key"],
	] as const)("looks again without what is not accepted: %s", async (code, what) => {
		socket().open();
		await refuse(refOf("Look"), { code, facts: {} });
		expect(log[0]).toBe(`stale ${what}`);
		await clock.advance(250);
		await see();
		expect(log.at(-1)).toBe("door knock");
	});

	it("does not hurry back to a server that sends it away", async () => {
		await see();
		socket().say({ type: "Ended", why: "silent", retry: false });
		await clock.advance(4_999);
		expect(sockets).toHaveLength(1);
		await clock.advance(1);
		expect(sockets).toHaveLength(2);
	});
});

describe("knocking", () => {
	it("sends the words and tells how it stands", async () => {
		await see();
		entrance.knock(words);
		expect(socket().last("Knock")).toMatchObject(words);
		socket().say(knock({ ref: refOf("Knock") }));
		await seeKnock({ state: "asked to wait" });
		expect(log.slice(1)).toEqual(["knock waiting", "knock asked to wait"]);
	});

	it("is not lost when the connection is, and is said once when it was heard", async () => {
		await see();
		entrance.knock(words);
		socket().drop();
		await clock.advance(250);
		await see();
		expect(knocks()).toHaveLength(2);
		socket().say(knock({ ref: refOf("Knock") }));
		await settle();
		socket().drop();
		await clock.advance(250);
		await see();
		expect(knocks()).toHaveLength(2);
	});

	it("waits for the server when it is away", async () => {
		entrance.knock(words);
		expect(knocks()).toHaveLength(0);
		await see();
		expect(knocks()).toHaveLength(1);
	});

	it("tells why it was refused, and stays at the door", async () => {
		await see();
		entrance.knock(words);
		await refuse(refOf("Knock"), { code: "LobbyFull", facts: { limit: 3 } });
		expect(log.at(-1)).toBe("refused LobbyFull");
		entrance.knock(words);
		expect(knocks()).toHaveLength(2);
	});

	it("comes back to its place", async () => {
		await see();
		entrance.knock(words);
		socket().say(knock({ ref: refOf("Knock") }));
		await settle();
		socket().say({ type: "Ended", why: "stopping", retry: true });
		await clock.advance(250);
		await see();
		expect(socket().last("Look")?.place).toBe(place);
		await seeKnock();
		socket().say({ type: "Done", ref: refOf("Ping") });
		await settle();
		expect(log).not.toContain("stale place");
		expect(knocks()).toHaveLength(1);
	});

	it("notices that the server does not know the place any more", async () => {
		place = "p";
		await see();
		expect(log).toEqual(["door knock"]);
		socket().say({ type: "Done", ref: refOf("Ping") });
		await settle();
		expect(log).toEqual(["door knock", "stale place"]);
	});

	it("stops, also when the server was away just then", async () => {
		await see();
		await seeKnock();
		socket().drop();
		entrance.stopKnocking();
		await clock.advance(250);
		await see();
		await seeKnock();
		expect(log.filter((entry) => entry === "knock waiting")).toHaveLength(1);
		socket().say({ type: "Done", ref: refOf("StopKnocking") });
		await settle();
		expect(log.at(-1)).toBe("stopped");
	});

	it("makes way for another tab, for good", async () => {
		await see();
		await seeKnock();
		socket().say({ type: "Ended", why: "came back elsewhere", retry: false });
		await clock.advance(60_000);
		expect(log.at(-1)).toBe("taken over");
		expect(sockets).toHaveLength(1);
	});
});
