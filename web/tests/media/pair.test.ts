import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Incoming, Pair } from "../../src/media/direct/pair";
import { NO_TRACKS, type Slot } from "../../src/media/slots";
import { FakeClock, settle } from "../fakes/clock";
import { FakePeerConnection, talk } from "../fakes/peer_connection";

/** Two pages and the server between them, which delivers when the test says so. */
class Call {
	readonly clock = new FakeClock();
	readonly failures: unknown[] = [];
	readonly hooked: string[] = [];
	online = true;
	sent = 0;
	readonly polite: End;
	readonly impolite: End;

	constructor(politeOrigin = "-", impoliteOrigin = "-") {
		this.polite = new End(this, false, politeOrigin);
		this.impolite = new End(this, true, impoliteOrigin);
	}

	async deliver(to: End, from: End): Promise<void> {
		const signal = from.outgoing.shift();
		if (signal) void to.pair.receive(signal);
		await settle();
	}

	async deliverAll(): Promise<void> {
		await settle();
		for (let turn = 0; turn < 200; turn += 1) {
			if (this.polite.outgoing.length + this.impolite.outgoing.length === 0) return;
			await this.deliver(this.polite, this.impolite);
			await this.deliver(this.impolite, this.polite);
		}
		throw new Error("the two sides never stop answering each other");
	}

	/** The network carries what negotiation agreed on. */
	connect(): void {
		for (const end of [this.polite, this.impolite]) end.pc.turn("connected");
	}

	get talking(): boolean {
		return talk(this.polite.pc, this.impolite.pc);
	}
}

class End {
	readonly outgoing: Incoming[] = [];
	readonly reports: string[] = [];
	readonly made: FakePeerConnection[] = [];
	readonly pair: Pair;

	constructor(call: Call, impolite: boolean, origin: string) {
		let ids = 0;
		this.pair = new Pair({
			impolite,
			clock: call.clock,
			frames: {
				onSender: (_, slot) => call.hooked.push(`${impolite} sender ${slot}`),
				onReceiver: (_, slot) => call.hooked.push(`${impolite} receiver ${slot}`),
			},
			makeConnection: () => {
				this.made.push(new FakePeerConnection(origin));
				return this.pc as unknown as RTCPeerConnection;
			},
			makeStream: (track) => ({ track }) as unknown as MediaStream,
			newId: () => `${impolite ? "impolite" : "politeee"}${++ids}`,
			tracks: () => NO_TRACKS,
			peers: () => 1,
			online: () => call.online,
			send: (signal) => {
				call.sent += 1;
				if (call.online) this.outgoing.push(signal);
			},
			changed: () => undefined,
			report: (state) => this.reports.push(state),
			failed: (error) => call.failures.push(error),
		});
	}

	get pc(): FakePeerConnection {
		const pc = this.made.at(-1);
		if (!pc) throw new Error("no connection was made");
		return pc;
	}
}

async function connected(politeOrigin?: string, impoliteOrigin?: string): Promise<Call> {
	const call = new Call(politeOrigin, impoliteOrigin);
	await call.deliverAll();
	call.connect();
	return call;
}

const answers = (end: End) =>
	end.outgoing.filter(({ description }) => description?.type === "answer");

it("connects with one offer and one answer, four slots that send and receive", async () => {
	const call = await connected();
	expect(call.talking).toBe(true);
	for (const end of [call.polite, call.impolite]) {
		expect(end.pc.getTransceivers().map(({ direction }) => direction)).toEqual(
			Array(4).fill("sendrecv"),
		);
		expect(end.reports).toEqual(["connecting", "connected"]);
		expect(Object.keys(end.pair.streams ?? {})).toHaveLength(4);
	}
	expect(call.sent).toBe(3);
});

it("hands each sender and receiver to the frame hooks exactly once", async () => {
	const call = await connected();
	expect(call.hooked).toHaveLength(16);
	expect(new Set(call.hooked).size).toBe(16);
	call.impolite.pair.restartIce();
	await call.deliverAll();
	expect(call.hooked).toHaveLength(16);
});

it("turns slots on and off without a word", async () => {
	const call = await connected();
	const before = call.sent;
	const track = { id: "camera" } as MediaStreamTrack;
	const slot: Slot = "camera";
	call.polite.pair.setTrack(slot, track);
	await settle();
	expect(call.polite.pc.getTransceivers()[1]?.sender.track).toBe(track);
	call.polite.pair.setTrack(slot, null);
	await settle();
	expect(call.polite.pc.getTransceivers()[1]?.sender.track).toBeNull();
	expect(call.sent).toBe(before);
});

it("sends a track that was there before the answering side had slots", async () => {
	const call = new Call();
	const track = { id: "microphone" } as MediaStreamTrack;
	call.polite.pair.setTrack("microphone", track);
	await call.deliverAll();
	expect(call.polite.pc.getTransceivers()[0]?.sender.track).toBe(track);
});

describe("a microphone that changes faster than the connection", () => {
	const track = { id: "microphone" } as MediaStreamTrack;
	const sent = (call: Call) => call.impolite.pc.getTransceivers()[0]?.sender.track;

	it("is silent when it went on and off before the connection got to it", async () => {
		const call = await connected();
		const end = call.impolite.pc.hold();
		call.impolite.pair.setTrack("microphone", track);
		call.impolite.pair.setTrack("microphone", null);
		end();
		await settle();
		expect(sent(call)).toBeNull();
	});

	it("sends when it went off and on before the connection got to it", async () => {
		const call = await connected();
		call.impolite.pair.setTrack("microphone", track);
		await settle();
		const end = call.impolite.pc.hold();
		call.impolite.pair.setTrack("microphone", null);
		call.impolite.pair.setTrack("microphone", track);
		end();
		await settle();
		expect(sent(call)).toBe(track);
	});

	it("is silent when it went off during negotiation", async () => {
		const call = await connected();
		const end = call.impolite.pc.hold();
		call.impolite.pair.restartIce();
		await settle();
		call.impolite.pair.setTrack("microphone", track);
		await settle();
		call.impolite.pair.setTrack("microphone", null);
		end();
		await call.deliverAll();
		expect(sent(call)).toBeNull();
		expect(call.talking).toBe(true);
	});

	it("is asked for again after the connection could not take it", async () => {
		const call = await connected();
		const sender = call.impolite.pc.getTransceivers()[0]?.sender;
		if (!sender) throw new Error("no sender");
		const { replaceTrack } = sender;
		sender.replaceTrack = () => Promise.reject(new DOMException("", "InvalidModificationError"));
		call.impolite.pair.setTrack("microphone", track);
		await settle();
		sender.replaceTrack = replaceTrack;
		call.impolite.pair.setTrack("microphone", track);
		await settle();
		expect(sent(call)).toBe(track);
	});
});

it("keeps candidates that come before their description, and drops a bad one alone", async () => {
	const call = new Call();
	await settle();
	const connection = call.impolite.outgoing[0]?.connection ?? "";
	for (const candidate of ["first", "bad", "second"]) {
		void call.polite.pair.receive({ connection, candidate: { candidate } });
	}
	await call.deliverAll();
	expect(call.polite.pc.candidates.map(({ candidate }) => candidate)).toContain("first");
	void call.polite.pair.receive({ connection, candidate: { candidate: "third" } });
	await settle();
	expect(call.polite.pc.candidates.map(({ candidate }) => candidate)).toContain("third");
	expect(call.failures).toHaveLength(1);
});

it("survives two offers that meet: another client's polite side may offer too", async () => {
	const call = await connected();
	call.polite.pc.restartIce();
	call.impolite.pc.restartIce();
	await call.deliverAll();
	expect(call.talking).toBe(true);
	expect(call.polite.made).toHaveLength(1);
	expect(call.failures).toEqual([]);
});

it("restarts ICE when the polite side asks", async () => {
	const call = await connected();
	const before = call.impolite.pc.currentLocalDescription;
	call.polite.pair.restartIce();
	await call.deliverAll();
	expect(call.impolite.pc.currentLocalDescription).not.toEqual(before);
	expect(call.talking).toBe(true);
	expect(call.impolite.made).toHaveLength(1);
});

it("makes a new connection where Chromium would have to restart ICE with Firefox", async () => {
	const call = await connected("mozilla", "-");
	call.impolite.pair.restartIce();
	await call.deliverAll();
	expect(call.impolite.made).toHaveLength(2);
	expect(call.polite.made).toHaveLength(2);
	expect(call.talking).toBe(true);
});

it.each(["polite", "impolite"] as const)("starts anew when the %s side does", async (side) => {
	const call = await connected();
	call[side].pair.retry();
	await call.deliverAll();
	expect([call.polite.made.length, call.impolite.made.length]).toEqual([2, 2]);
	expect(call.talking).toBe(true);
	expect(call.polite.made[0]?.signalingState).toBe("closed");
});

it("does not take a repeated answer for the answer to the next offer", async () => {
	const call = await connected();
	call.impolite.pair.restartIce();
	await settle();
	await call.deliver(call.polite, call.impolite);
	const repeated = answers(call.polite)[0];
	await call.deliverAll();
	call.impolite.pair.restartIce();
	await settle();
	if (!repeated) throw new Error("no answer");
	void call.impolite.pair.receive(repeated);
	await call.deliverAll();
	expect(call.talking).toBe(true);
});

it("says the offer again that was lost with the connection to the server", async () => {
	const call = await connected();
	call.online = false;
	call.impolite.pair.restartIce();
	await settle();
	call.online = true;
	expect(call.talking).toBe(false);
	call.impolite.pair.resync();
	call.polite.pair.resync();
	await call.deliverAll();
	expect(call.talking).toBe(true);
	expect(call.impolite.reports.at(-1)).toBe("connected");
});

it("says the answer again that was lost", async () => {
	const call = await connected();
	call.impolite.pair.restartIce();
	await settle();
	await call.deliver(call.polite, call.impolite);
	call.polite.outgoing.length = 0;
	call.impolite.pair.resync();
	await call.deliverAll();
	expect(call.talking).toBe(true);
});

it("starts anew by itself when restarting ICE does not help", async () => {
	const call = await connected();
	call.impolite.pc.turn("failed");
	await call.clock.advance(4_000);
	expect(call.impolite.reports.at(-1)).toBe("failed");
	for (let second = 0; second < 30; second += 1) {
		await call.clock.advance(1_000);
		await call.deliverAll();
	}
	expect(call.impolite.made.length).toBeGreaterThan(1);
	expect(call.talking).toBe(true);
	call.connect();
	expect(call.impolite.reports.at(-1)).toBe("connected");
});

it("leaves no timer behind", async () => {
	const call = await connected();
	call.polite.pc.turn("disconnected");
	call.polite.pair.close();
	call.impolite.pair.close();
	expect(call.clock.waiting).toBe(0);
});

const step = fc.constantFrom(
	"deliver to polite",
	"deliver to impolite",
	"restart polite",
	"restart impolite",
	"retry polite",
	"retry impolite",
	"offer of polite",
	"come back",
);

async function take(call: Call, name: string): Promise<void> {
	const { polite, impolite } = call;
	if (name === "deliver to polite") await call.deliver(polite, impolite);
	else if (name === "deliver to impolite") await call.deliver(impolite, polite);
	else if (name === "restart polite") polite.pair.restartIce();
	else if (name === "restart impolite") impolite.pair.restartIce();
	else if (name === "retry polite") polite.pair.retry();
	else if (name === "retry impolite") impolite.pair.retry();
	else if (name === "offer of polite") polite.pc.restartIce();
	else {
		// Everything that was under way is lost.
		polite.outgoing.length = 0;
		impolite.outgoing.length = 0;
		impolite.pair.resync();
		polite.pair.resync();
	}
	await settle();
}

it("ends up talking, whatever happens in whatever order", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
			const call = new Call();
			await settle();
			for (const name of steps) await take(call, name);
			await call.deliverAll();
			await take(call, "come back");
			await call.deliverAll();
			expect(call.talking).toBe(true);
			call.polite.pair.close();
			call.impolite.pair.close();
			expect(call.failures).toEqual([]);
		}),
		{ numRuns: 300 },
	);
});
