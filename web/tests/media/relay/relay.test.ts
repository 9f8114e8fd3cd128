import { beforeEach, describe, expect, it } from "vitest";
import type { PathMedia } from "../../../src/media/path_choice";
import { type Ask, Relay } from "../../../src/media/relay/relay";
import { NO_TRACKS } from "../../../src/media/slots";
import type { RelayedStream, RelayOffered } from "../../../src/protocol/generated";
import { FakeClock, settle } from "../../fakes/clock";
import { FakeRelayedConnection } from "../../fakes/relayed_connection";

type Asked = Parameters<Ask>[0];
type Answer = Awaited<ReturnType<Ask>>;

/** Ada's page, with the server played by the test. */
class Page {
	readonly clock = new FakeClock();
	readonly made: FakeRelayedConnection[] = [];
	readonly asked: Asked[] = [];
	readonly reports: string[] = [];
	readonly media = new Map<string, PathMedia | null>();
	readonly sealed: string[] = [];
	/** Which section was to carry whom, in which state of the negotiation. */
	readonly hooked: string[] = [];
	readonly relay: Relay;
	camera = true;
	accepts: Answer = { type: "Done" };

	constructor() {
		this.relay = new Relay({
			clock: this.clock,
			frames: (participant) => ({
				onSender: (_, slot) => this.sealed.push(slot),
				onReceiver: (receiver, slot) =>
					this.hooked.push(this.#hooking(receiver, participant, slot)),
			}),
			makeConnection: () => {
				const pc = new FakeRelayedConnection();
				this.made.push(pc);
				return pc as unknown as RTCPeerConnection;
			},
			makeStream: (track) => ({ of: track.id }) as unknown as MediaStream,
			newId: () => "publisher",
			tracks: () => NO_TRACKS,
			online: () => true,
			expects: () => ({ sound: true, picture: this.camera }),
			ask: async (command) => {
				this.asked.push(command);
				if (command.type === "RelayPublish") return { type: "RelayAnswered", sdp: "answer" };
				return command.type === "RelayAccept" ? this.accepts : { type: "Done" };
			},
			changed: (participant, media) => this.media.set(participant, media),
			report: (participant, state) => this.reports.push(`${participant} ${state}`),
			refused: () => undefined,
		});
	}

	#hooking(receiver: RTCRtpReceiver, participant: string, slot: string): string {
		const { sections, signalingState } = this.pc;
		const section = sections.find((one) => Object.is(one.receiver, receiver));
		return `${section?.mid}: ${participant} ${slot}, ${signalingState}`;
	}

	/** The connection on which the page receives. */
	get pc(): FakeRelayedConnection {
		const pc = this.made.findLast(({ sections }) => sections.some(({ mid }) => mid !== null));
		if (!pc) throw new Error("nothing was offered");
		return pc;
	}

	async offer(streams: readonly RelayedStream[], change: Partial<RelayOffered> = {}) {
		const sdp = `v=0\r\n${streams.map(({ mid }) => `a=mid:${mid}\r\n`).join("")}`;
		const offered = { type: "RelayOffered", connection: "one", offer: 1, sdp, streams } as const;
		this.relay.hear({ ...offered, ...change });
		await settle();
	}

	async decode(mid: string, framesDecoded: number): Promise<void> {
		this.pc.received.set(mid, { packetsReceived: framesDecoded * 10, framesDecoded });
		await this.clock.advance(200);
	}

	asks(type: Asked["type"]): readonly Asked[] {
		return this.asked.filter((command) => command.type === type);
	}

	/** Bob is seen. */
	async seen(): Promise<void> {
		this.relay.keep(new Set(["bob"]));
		await this.offer([BOB]);
		this.pc.turn("connected");
		await settle();
		await this.decode("aa", 5);
		await this.decode("aa", 9);
	}
}

const BOB: RelayedStream = { mid: "aa", participant: "bob", slot: "camera" };
const VOICE: RelayedStream = { mid: "ab", participant: "bob", slot: "microphone" };
const CAROL: RelayedStream = { mid: "aa", participant: "carol", slot: "camera" };

let page: Page;
beforeEach(async () => {
	page = new Page();
	await settle();
});

it("answers what the server offers, as briefly as it may", async () => {
	await page.offer([BOB, VOICE]);
	const [accept] = page.asks("RelayAccept");
	expect(accept).toMatchObject({ connection: "one", offer: 1 });
	expect(accept?.type === "RelayAccept" && accept.sdp.match(/a=mid/g)).toHaveLength(1);
});

it("gives every sender to the hooks, though it is not known yet whose media is to come", () => {
	expect(page.sealed).toEqual(["microphone", "camera", "screen", "screenSound"]);
});

it("tells the hooks whom each section carries at every offer, before it answers", async () => {
	await page.offer([BOB, VOICE]);
	await page.offer([CAROL, VOICE], { offer: 2 });
	expect(page.hooked).toEqual([
		"aa: bob camera, have-remote-offer",
		"ab: bob microphone, have-remote-offer",
		"aa: carol camera, have-remote-offer",
		"ab: bob microphone, have-remote-offer",
	]);
	expect(page.asks("RelayAccept")).toHaveLength(2);
});

it("tells the hooks of the receivers of another connection", async () => {
	await page.offer([BOB]);
	await page.offer([BOB], { connection: "two" });
	expect(page.hooked).toEqual(Array(2).fill("aa: bob camera, have-remote-offer"));
	expect(page.made).toHaveLength(3);
});

it("reports a path only once its media arrives", async () => {
	page.relay.keep(new Set(["bob"]));
	await page.offer([BOB]);
	page.pc.turn("connected");
	await page.clock.advance(1_000);
	expect(page.reports).toEqual(["bob connecting"]);
	await page.decode("aa", 1);
	expect(page.reports).toEqual(["bob connecting", "bob connected"]);
	expect(page.media.get("bob")).toMatchObject({ state: "connected", arrived: true });
	expect(page.media.get("bob")?.streams?.camera).toEqual({ of: `video ${page.pc.number} aa` });
});

it("says that it failed when nothing came for ten seconds, and that it works when it does", async () => {
	page.relay.keep(new Set(["bob"]));
	await page.offer([BOB]);
	page.pc.turn("connected");
	await page.clock.advance(11_000);
	expect(page.reports).toEqual(["bob connecting", "bob failed"]);
	await page.decode("aa", 1);
	expect(page.reports.at(-1)).toBe("bob connected");
});

describe("people come and go on one connection", () => {
	beforeEach(() => page.seen());

	it("keeps a stream while its section carries the same", async () => {
		const before = page.media.get("bob")?.streams?.camera;
		await page.offer([BOB, VOICE], { offer: 2 });
		await page.clock.advance(2_000);
		expect(page.media.get("bob")?.streams?.camera).toBe(before);
		expect(page.media.get("bob")?.streams?.microphone).not.toBeNull();
		expect(page.reports).toEqual(["bob connecting", "bob connected"]);
	});

	it("takes a section for somebody else, who has to arrive by themselves", async () => {
		page.relay.keep(new Set(["carol"]));
		expect(page.media.get("bob")).toBeNull();
		await page.offer([CAROL], { offer: 2 });
		await page.clock.advance(400);
		expect(page.reports.at(-1)).toBe("carol connecting");
		await page.decode("aa", 50);
		expect(page.reports.at(-1)).toBe("carol connected");
		expect(page.made).toHaveLength(2);
	});
});

it("needs no picture of who has no camera on", async () => {
	page.camera = false;
	page.relay.keep(new Set(["bob"]));
	await page.offer([BOB, VOICE]);
	page.pc.turn("connected");
	await page.clock.advance(200);
	page.pc.received.set("ab", { packetsReceived: 4 });
	await page.clock.advance(200);
	expect(page.reports.at(-1)).toBe("bob connected");
});

describe("when the connection is lost", () => {
	beforeEach(async () => {
		await page.seen();
		page.pc.turn("disconnected");
		await settle();
	});

	it("asks for another way, then for another connection, ever less often", async () => {
		await page.clock.advance(1_000);
		expect(page.asks("RelayReconnect")).toMatchObject([{ anew: false }]);
		await page.clock.advance(4_000);
		expect(page.reports.at(-1)).toBe("bob connecting");
		expect(page.asks("RelayReconnect")).toMatchObject([{ anew: false }, { anew: true }]);
		await page.clock.advance(60_000);
		expect(page.asks("RelayReconnect").length).toBeLessThan(8);
		expect(page.reports.at(-1)).toBe("bob failed");
	});

	it("has everybody arrive anew over the next one", async () => {
		await page.offer([BOB], { connection: "two", offer: 1 });
		expect(page.made[1]?.connectionState).toBe("closed");
		page.pc.turn("connected");
		await page.clock.advance(200);
		expect(page.reports.at(-1)).toBe("bob connecting");
		await page.decode("aa", 2);
		expect(page.reports.at(-1)).toBe("bob connected");
	});

	it("goes on when it comes back by itself", async () => {
		page.pc.turn("connected");
		await page.decode("aa", 10);
		await page.decode("aa", 11);
		expect(page.reports.at(-1)).toBe("bob connected");
		expect(page.asks("RelayReconnect")).toEqual([]);
	});
});

it("asks for another connection when the server does not take its answer", async () => {
	page.accepts = { type: "Refused", refusal: { code: "RelayOfferInvalid", facts: {} } };
	await page.offer([BOB]);
	expect(page.asks("RelayReconnect")).toMatchObject([{ anew: true }]);
});

it("heals from an offer that makes no sense", async () => {
	await page.offer([], { sdp: "bad" });
	await page.clock.advance(10_000);
	expect(page.asks("RelayReconnect").at(-1)).toMatchObject({ anew: true });
	await page.offer([BOB], { connection: "two" });
	expect(page.asks("RelayAccept")).toMatchObject([{ connection: "two" }]);
});

it("says everything again after a Welcome", async () => {
	await page.seen();
	page.reports.length = 0;
	page.relay.resume();
	expect(page.reports).toEqual(["bob connected"]);
});

it("leaves nothing behind", async () => {
	await page.seen();
	page.relay.close();
	await settle();
	expect(page.media.get("bob")).toBeNull();
	expect(page.made.map(({ connectionState }) => connectionState)).toEqual(["closed", "closed"]);
	expect(page.clock.waiting).toBe(0);
	const before = page.asked.length;
	await page.offer([BOB], { connection: "three" });
	expect(page.made).toHaveLength(2);
	expect(page.asked).toHaveLength(before);
});
