import { beforeEach, describe, expect, it } from "vitest";
import { Publishing } from "../../../src/media/relay/publishing";
import type { Ask } from "../../../src/media/relay/relay";
import { NO_TRACKS } from "../../../src/media/slots";
import type { RelayPublish } from "../../../src/protocol/generated";
import { FakeClock, settle } from "../../fakes/clock";
import { FakeRelayedConnection } from "../../fakes/relayed_connection";

type Answer = Awaited<ReturnType<Ask>>;

const ANSWER: Answer = { type: "RelayAnswered", sdp: "answer" };
const FULL: Answer = {
	type: "Refused",
	refusal: { code: "RelayFull", facts: { limit: 4 } },
};
const camera = { id: "camera" } as MediaStreamTrack;

class Page {
	readonly clock = new FakeClock();
	readonly made: FakeRelayedConnection[] = [];
	readonly asked: RelayPublish[] = [];
	readonly refusals: unknown[] = [];
	readonly hooked: string[] = [];
	answer: Answer | Promise<Answer> = ANSWER;
	online = true;
	publishing!: Publishing;

	async start(): Promise<void> {
		let ids = 0;
		this.publishing = new Publishing({
			clock: this.clock,
			frames: () => ({ onSender: (_, slot) => this.hooked.push(slot) }),
			makeConnection: () => {
				this.made.push(new FakeRelayedConnection());
				return this.pc as unknown as RTCPeerConnection;
			},
			newId: () => `publisher${++ids}`,
			tracks: () => ({ ...NO_TRACKS, camera }),
			online: () => this.online,
			ask: async (command) => {
				if (command.type === "RelayPublish") this.asked.push(command);
				return this.answer;
			},
			refused: (refusal) => this.refusals.push(refusal),
		});
		await settle();
	}

	get pc(): FakeRelayedConnection {
		const pc = this.made.at(-1);
		if (!pc) throw new Error("no connection was made");
		return pc;
	}
}

let page: Page;
beforeEach(() => {
	page = new Page();
});

it("offers four sections to send, in their order, with the camera in three sizes", async () => {
	await page.start();
	const { sections } = page.pc;
	expect(sections.map(({ direction }) => direction)).toEqual(Array(4).fill("sendonly"));
	expect(sections[1]?.encodings.map(({ rid }) => rid)).toEqual(["q", "h", "f"]);
	expect(sections[1]?.sender.track).toBe(camera);
	expect(page.hooked).toEqual(["microphone", "camera", "screen", "screenSound"]);
	expect(page.asked).toHaveLength(1);
	expect(page.pc.remoteDescription).toEqual({ type: "answer", sdp: "answer" });
	expect(page.refusals).toEqual([null]);
});

it("turns slots on and off without another offer", async () => {
	await page.start();
	const screen = { id: "screen" } as MediaStreamTrack;
	page.publishing.setTrack("screen", screen);
	page.publishing.setTrack("camera", null);
	await settle();
	expect(page.pc.sections.map(({ sender }) => sender.track)).toEqual([null, null, screen, null]);
	expect(page.asked).toHaveLength(1);
});

describe("when the connection is lost", () => {
	beforeEach(async () => {
		await page.start();
		page.pc.turn("connected");
		page.pc.turn("disconnected");
	});

	it("tries another way first, under the same name", async () => {
		await page.clock.advance(1_000);
		expect(page.made).toHaveLength(1);
		expect(page.asked.map(({ connection }) => connection)).toEqual(["publisher1", "publisher1"]);
		expect(page.asked[1]?.sdp).toContain("ice:2");
	});

	it("makes another connection when that does not help, ever less often", async () => {
		await page.clock.advance(1_000 + 4_000);
		expect(page.made).toHaveLength(2);
		expect(page.asked.at(-1)?.connection).toBe("publisher2");
		expect(page.made[0]?.connectionState).toBe("closed");
		const before = page.asked.length;
		await page.clock.advance(60_000);
		expect(page.asked.length - before).toBeLessThanOrEqual(5);
	});

	it("asks nothing while the server cannot hear it", async () => {
		page.online = false;
		await page.clock.advance(30_000);
		expect(page.asked).toHaveLength(1);
	});

	it("stays when it comes back by itself", async () => {
		page.pc.turn("connected");
		await page.clock.advance(60_000);
		expect(page.asked).toHaveLength(1);
		expect(page.clock.waiting).toBe(0);
	});
});

it("offers again after a Welcome what got no answer, and only that", async () => {
	page.answer = null;
	await page.start();
	page.answer = ANSWER;
	page.publishing.resume();
	await settle();
	expect(page.asked.map(({ connection }) => connection)).toEqual(["publisher1", "publisher1"]);
	page.publishing.resume();
	await settle();
	expect(page.asked).toHaveLength(2);
});

it("says why the server would not, and asks again later, not at once", async () => {
	page.answer = FULL;
	await page.start();
	expect(page.refusals).toEqual([FULL.type === "Refused" && FULL.refusal]);
	await page.clock.advance(4_000);
	expect(page.asked).toHaveLength(1);
	page.answer = ANSWER;
	await page.clock.advance(2_000);
	expect(page.asked).toHaveLength(2);
	expect(page.refusals.at(-1)).toBeNull();
});

it("does not believe an answer that comes for a connection given up meanwhile", async () => {
	let answer: (answer: Answer) => void = () => undefined;
	page.answer = new Promise((resolve) => {
		answer = resolve;
	});
	await page.start();
	page.publishing.retry();
	answer(ANSWER);
	await settle();
	expect(page.made[0]?.remoteDescription).toBeNull();
	expect(page.pc.remoteDescription).toEqual({ type: "answer", sdp: "answer" });
});

it("heals from an answer that makes no sense", async () => {
	page.answer = { type: "RelayAnswered", sdp: "bad" };
	await page.start();
	page.answer = ANSWER;
	await page.clock.advance(6_000);
	expect(page.pc.remoteDescription).toEqual({ type: "answer", sdp: "answer" });
});

it("leaves nothing behind", async () => {
	await page.start();
	page.publishing.close();
	expect(page.clock.waiting).toBe(0);
	expect(page.pc.connectionState).toBe("closed");
	page.publishing.resume();
	await settle();
	expect(page.asked).toHaveLength(1);
});
