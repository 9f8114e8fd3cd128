import { beforeEach, expect, it } from "vitest";
import { Watch } from "../../src/door/watch";
import type { Refusal } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";
import { FakeSocket } from "../fakes/socket";
import { knocker } from "./knocks";

let clock: FakeClock;
let sockets: FakeSocket[];
let log: string[];
let watch: Watch;
let reachable: boolean;

beforeEach(() => {
	clock = new FakeClock();
	sockets = [];
	log = [];
	reachable = true;
	watch = new Watch({
		openSocket: () => {
			const socket = new FakeSocket();
			sockets.push(socket);
			return socket;
		},
		reachable: async () => reachable,
		clock,
		random: () => 0.5,
		handlers: {
			heard: (event) => log.push(event.type),
			lost: () => log.push("lost"),
			ended: () => log.push("ended"),
		},
	});
	watch.start();
});

function socket(): FakeSocket {
	const last = sockets.at(-1);
	if (!last) throw new Error("no socket was opened");
	return last;
}

async function watching(): Promise<FakeSocket> {
	socket().open();
	const ref = socket().last("Watch")?.ref ?? -1;
	socket().say({ type: "DoorsWatched", ref, knockers: [knocker("a")], now: 5 });
	await settle();
	return socket();
}

async function refuse(refusal: Refusal): Promise<void> {
	socket().open();
	socket().say({ type: "Refused", ref: socket().last("Watch")?.ref ?? -1, refusal });
	await settle();
}

it("asks once, hears everything, and comes back by itself", async () => {
	const first = await watching();
	first.say({ type: "KnocksChanged", changed: [], gone: [] });
	first.drop();
	expect(log).toEqual(["DoorsWatched", "KnocksChanged", "lost"]);
	expect(watch.online).toBe(false);
	await clock.advance(250);
	await watching();
	expect([sockets.length, watch.online, log.at(-1)]).toEqual([2, true, "DoorsWatched"]);
});

it("does not knock at a server that is not there, and not more often with time", async () => {
	(await watching()).drop();
	reachable = false;
	await clock.advance(60_000);
	expect(sockets).toHaveLength(1);
	reachable = true;
	await clock.advance(6_000);
	expect(sockets).toHaveLength(2);
});

it("says nothing of a connection that never came about", async () => {
	socket().drop();
	expect(log).toEqual([]);
	await clock.advance(250);
	expect(sockets).toHaveLength(2);
});

it("ends for good when nobody is signed in any more", async () => {
	await refuse({ code: "NotSignedIn", facts: {} });
	await clock.advance(60_000);
	expect([log, sockets.length, clock.waiting]).toEqual([["ended"], 1, 0]);
});

it("ends for good when the session was ended, and comes back after a restart of the server", async () => {
	(await watching()).say({ type: "Ended", why: "stopping", retry: true });
	await clock.advance(250);
	(await watching()).say({ type: "Ended", why: "access ended", retry: false });
	await clock.advance(60_000);
	expect(log).toEqual(["DoorsWatched", "lost", "DoorsWatched", "ended"]);
	expect(sockets).toHaveLength(2);
});

it("waits as long as the server asks", async () => {
	await refuse({ code: "TooFast", facts: { seconds: 20 } });
	await clock.advance(19_000);
	expect(sockets).toHaveLength(1);
	await clock.advance(1_000);
	expect(sockets).toHaveLength(2);
});

it("answers nothing without a connection, and null when it is lost in between", async () => {
	const command = { type: "AnswerKnock", knock: "a", answer: "admit once" } as const;
	expect(await watch.request(command)).toBeNull();
	const open = await watching();
	const reply = watch.request(command);
	expect(open.last("AnswerKnock")).toMatchObject({ knock: "a" });
	open.drop();
	expect(await reply).toBeNull();
});

it("stops with the page, and starts again when the page is shown again", async () => {
	await watching();
	watch.stop();
	await clock.advance(60_000);
	expect([sockets.length, socket().closed, clock.waiting]).toEqual([1, true, 0]);
	watch.start();
	await watching();
	expect(log).toEqual(["DoorsWatched", "DoorsWatched"]);
});

it("does not wait when the network is back", async () => {
	(await watching()).drop();
	await clock.advance(250);
	socket().drop();
	watch.wake();
	await settle();
	expect(sockets).toHaveLength(3);
});
