import { beforeEach, expect, it } from "vitest";
import { Session } from "../../src/connection/session";
import type { Command } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";
import { FakeSocket, welcome } from "../fakes/socket";

let clock: FakeClock;
let sockets: FakeSocket[];
let log: string[];
let session: Session;
let reachable: boolean;
let asked: number;

beforeEach(() => {
	clock = new FakeClock();
	sockets = [];
	log = [];
	reachable = true;
	asked = 0;
	session = new Session({
		openSocket: () => {
			const socket = new FakeSocket();
			sockets.push(socket);
			return socket;
		},
		reachable: async () => {
			asked += 1;
			return reachable;
		},
		clock,
		random: () => 0.5,
		join: () => ({
			type: "Join",
			room: "r",
			name: "Ada",
			microphone: true,
			camera: false,
			screen: false,
		}),
		wayBack: null,
		handlers: {
			heard: (event) => log.push(event.type),
			welcomed: () => log.push("welcomed"),
			lost: (attempt) => log.push(`lost ${attempt}`),
			unanswered: () => log.push("unanswered"),
			refused: (refusal) => log.push(`refused ${refusal.code}`),
			ended: (why) => log.push(`ended ${why}`),
		},
	});
	session.start();
});

const socket = () => {
	const last = sockets.at(-1);
	if (!last) throw new Error("no socket was opened");
	return last;
};

async function enter(): Promise<FakeSocket> {
	socket().open();
	socket().say(welcome({ ref: socket().last("Join")?.ref ?? -1 }));
	await settle();
	return socket();
}

it("joins, and comes back with the token of the last welcome", async () => {
	const first = await enter();
	expect(first.last("Join")).toMatchObject({ wayBack: null, name: "Ada" });
	expect(log).toEqual(["Welcome", "welcomed"]);
	first.drop();
	expect(log.at(-1)).toBe("lost 1");
	await clock.advance(250);
	expect(sockets).toHaveLength(2);
	await enter();
	expect(socket().last("Join")?.wayBack).toBe("token");
	expect(session.online).toBe(true);
});

it("waits longer before each try, and not at all when the network is back", async () => {
	(await enter()).drop();
	await clock.advance(250);
	socket().drop();
	await clock.advance(499);
	expect(sockets).toHaveLength(2);
	await clock.advance(1);
	expect(sockets).toHaveLength(3);
	socket().drop();
	session.wake();
	await settle();
	expect(sockets).toHaveLength(4);
	expect(log.slice(2)).toEqual(["lost 1", "lost 2", "lost 3"]);
});

it("never gives up once it was in", async () => {
	(await enter()).drop();
	for (let round = 0; round < 50; round += 1) {
		await clock.advance(6_000);
		socket().drop();
	}
	await clock.advance(6_000);
	await enter();
	expect(session.online).toBe(true);
});

it("says after three tries that the server cannot be reached", async () => {
	for (let round = 0; round < 3; round += 1) {
		socket().drop();
		await clock.advance(5_000);
	}
	expect(log).toEqual(["unanswered"]);
	expect(sockets).toHaveLength(3);
	expect(clock.waiting).toBe(0);
});

it("takes a socket that does not open within 8 s as lost", async () => {
	await clock.advance(8_000);
	expect(socket().closed).toBe(true);
	await clock.advance(250);
	expect(sockets).toHaveLength(2);
});

it("says at once that the welcome arrived, asks every 10 s, and takes 5 s of silence as a lost connection", async () => {
	const first = await enter();
	const pings = () => first.sent.filter(({ type }) => type === "Ping").length;
	for (let round = 1; round <= 3; round += 1) {
		expect(pings()).toBe(round);
		first.say({ type: "Done", ref: first.last("Ping")?.ref ?? -1 });
		await clock.advance(9_999);
		expect(pings()).toBe(round);
		await clock.advance(1);
	}
	expect(session.online).toBe(true);
	await clock.advance(5_000);
	expect(first.closed).toBe(true);
	expect(log.at(-1)).toBe("lost 1");
});

it("notices a dead connection soon after waking up", async () => {
	const first = await enter();
	session.wake();
	await clock.advance(2_000);
	expect(first.closed).toBe(true);
	expect(log.at(-1)).toBe("lost 1");
});

it("matches answers to commands by ref, and answers null when the connection goes", async () => {
	const first = await enter();
	const answers: unknown[] = [];
	const ask = (before: number) =>
		void session.request({ type: "LoadChat", before }).then((answer) => answers.push(answer));
	ask(5);
	ask(6);
	ask(7);
	const [one, two] = first.sent.filter(({ type }) => type === "LoadChat");
	first.say({ type: "Done", ref: two?.ref ?? -1 });
	first.say({ type: "Done", ref: 9_999 });
	await settle();
	expect(answers).toEqual([{ type: "Done", ref: two?.ref }]);
	expect(one?.ref).not.toBe(two?.ref);
	first.drop();
	await settle();
	expect(answers.slice(1)).toEqual([null, null]);
	expect(await session.request({ type: "Ping" })).toBeNull();
});

it("keeps the last hand and name for later, and no signals", async () => {
	(await enter()).drop();
	const signal: Command = { type: "Signal", to: "x", connection: "c" };
	session.tell({ type: "RaiseHand", raised: true });
	session.tell({ type: "RaiseHand", raised: false });
	for (let round = 0; round < 1_000; round += 1) session.tell(signal);
	await clock.advance(250);
	await enter();
	expect(socket().sent.map(({ type }) => type)).toEqual(["Join", "Ping", "RaiseHand"]);
	expect(socket().last("RaiseHand")?.raised).toBe(false);
});

it("joins as somebody new when the way back is not accepted any more", async () => {
	(await enter()).drop();
	await clock.advance(250);
	socket().open();
	const ref = socket().last("Join")?.ref ?? -1;
	socket().say({ type: "Refused", ref, refusal: { code: "WayBackInvalid", facts: {} } });
	await settle();
	await clock.advance(5_000);
	await enter();
	expect(socket().last("Join")?.wayBack).toBeNull();
	expect(session.online).toBe(true);
});

it("gives the hall the reason of a refused join, once", async () => {
	socket().open();
	const ref = socket().last("Join")?.ref ?? -1;
	socket().say({ type: "Refused", ref, refusal: { code: "RoomFull", facts: { limit: 2 } } });
	socket().say({ type: "Ended", why: "refused", retry: false });
	await settle();
	await clock.advance(60_000);
	expect(log.filter((entry) => entry.startsWith("refused"))).toEqual(["refused RoomFull"]);
	expect(sockets).toHaveLength(1);
});

it("comes back after an end that says so, and stays away after one that does not", async () => {
	(await enter()).say({ type: "Ended", why: "stopping", retry: true });
	await clock.advance(250);
	expect(sockets).toHaveLength(2);
	await enter();
	socket().say({ type: "Ended", why: "came back elsewhere", retry: false });
	await clock.advance(60_000);
	expect(sockets).toHaveLength(2);
	expect(log.at(-1)).toBe("ended came back elsewhere");
});

it("says that it leaves, and leaves nothing running", async () => {
	const first = await enter();
	session.leave();
	expect(first.last("Leave")).toBeDefined();
	expect(first.closed).toBe(true);
	expect(log.at(-1)).toBe("ended left");
	expect(clock.waiting).toBe(0);
});

it("gives up a connection that takes nothing any more", async () => {
	const first = await enter();
	first.bufferedAmount = 2 * 1024 * 1024;
	session.tell({ type: "RaiseHand", raised: true });
	expect(first.closed).toBe(true);
	expect(log.at(-1)).toBe("lost 1");
});

it("counts what it cannot read and goes on", async () => {
	const first = await enter();
	first.onmessage?.({ data: "{" });
	first.onmessage?.({ data: new ArrayBuffer(3) });
	first.say({ type: "Done", ref: 5 });
	expect(log.at(-1)).toBe("Done");
	expect(session.online).toBe(true);
});

it("opens no socket to a server that does not answer, and goes on asking", async () => {
	expect(asked).toBe(0);
	(await enter()).drop();
	reachable = false;
	await clock.advance(60_000);
	expect(sockets).toHaveLength(1);
	expect(asked).toBeGreaterThan(10);
	expect(log.at(-1)).toBe(`lost ${asked + 1}`);
	reachable = true;
	await clock.advance(5_000);
	await enter();
	expect(session.online).toBe(true);
});

it("does not come back when the person left while it asked", async () => {
	(await enter()).drop();
	const coming = clock.advance(250);
	session.leave();
	await coming;
	await clock.advance(60_000);
	expect(sockets).toHaveLength(1);
});
