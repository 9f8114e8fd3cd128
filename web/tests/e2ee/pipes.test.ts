import { beforeEach, describe, expect, it } from "vitest";
import type { SenderKey } from "../../src/e2ee/frame_keys";
import { type EncodedFrame, Pipes } from "../../src/e2ee/pipes";
import type { Track } from "../../src/e2ee/worker_messages";
import { FakeClock } from "../fakes/clock";

const PICTURE = Uint8Array.from({ length: 200 }, (_, index) => index & 0xfe);
const sending: Track = { side: "send", kind: "video", stream: 1 };
const fromAda: Track = { side: "receive", kind: "video", receiver: 0 };
const fromBo: Track = { side: "receive", kind: "video", receiver: 1 };

let clock: FakeClock;
let pipes: Pipes;
let asked: number;
const asker = {
	async sendKeyFrameRequest() {
		asked += 1;
	},
};

function frame(data: ArrayBuffer = PICTURE.slice().buffer, mimeType?: string): EncodedFrame {
	return { data, getMetadata: () => (mimeType === undefined ? {} : { mimeType }) };
}

function senderKey(epoch: number): SenderKey {
	return { leaf: 5, epoch, baseKey: crypto.getRandomValues(new Uint8Array(16)) };
}

async function sealed(): Promise<EncodedFrame> {
	const one = frame();
	expect(await pipes.take(sending, one, asker)).toBe(true);
	return one;
}

beforeEach(() => {
	clock = new FakeClock();
	pipes = new Pipes(clock);
	void pipes.hear({ type: "bind", receiver: 0, participant: "ada", stream: 1 });
	void pipes.hear({ type: "bind", receiver: 1, participant: "bo", stream: 1 });
	asked = 0;
});

it("lets nothing out without a key, and nothing in", async () => {
	const one = frame();
	expect(await pipes.take(sending, one, asker)).toBe(false);
	expect(await pipes.take(fromAda, frame(), asker)).toBe(false);
	expect(pipes.counts()).toMatchObject({ sealed: 0, held: 1, received: { ada: { opened: 0 } } });
});

it("seals on the way out and opens on the way in", async () => {
	const key = senderKey(1);
	await pipes.hear({ type: "use", key });
	await pipes.hear({ type: "add", participant: "ada", key });
	const one = await sealed();
	expect(new Uint8Array(one.data)).not.toEqual(PICTURE);
	expect(await pipes.take(fromAda, one, asker)).toBe(true);
	expect(new Uint8Array(one.data)).toEqual(PICTURE);
	expect(pipes.counts()).toMatchObject({
		sealed: 1,
		received: { ada: { opened: 1, dropped: {} } },
	});
});

it("opens on the tracks of one participant only what that participant sealed", async () => {
	const key = senderKey(1);
	await pipes.hear({ type: "use", key });
	await pipes.hear({ type: "add", participant: "ada", key });
	await pipes.hear({ type: "add", participant: "bo", key: senderKey(1) });
	expect(await pipes.take(fromBo, await sealed(), asker)).toBe(false);
	expect(pipes.counts().received).toMatchObject({ bo: { opened: 0, dropped: { forged: 1 } } });
});

it("stops at once when there is no key any more", async () => {
	const key = senderKey(1);
	await pipes.hear({ type: "use", key });
	await pipes.hear({ type: "add", participant: "ada", key });
	const one = await sealed();
	await pipes.hear({ type: "stop" });
	expect(await pipes.take(sending, frame(), asker)).toBe(false);
	await pipes.hear({ type: "forget", participant: "ada" });
	expect(await pipes.take(fromAda, one, asker)).toBe(false);
});

it("does what the page says in order, though keys take time to make", async () => {
	const key = senderKey(1);
	void pipes.hear({ type: "use", key });
	void pipes.hear({ type: "add", participant: "ada", key });
	await pipes.hear({ type: "forget", participant: "ada" });
	expect(await pipes.take(fromAda, await sealed(), asker)).toBe(false);
});

it("holds back a codec that does not pass", async () => {
	await pipes.hear({ type: "use", key: senderKey(1) });
	expect(await pipes.take(sending, frame(undefined, "video/H264"), asker)).toBe(false);
	expect(await pipes.take(sending, frame(undefined, "video/VP8"), asker)).toBe(true);
	expect(pipes.counts()).toMatchObject({ sealed: 1, held: 1 });
});

it("asks for a whole picture once after pictures were dropped", async () => {
	const key = senderKey(1);
	await pipes.hear({ type: "use", key });
	for (let time = 0; time < 3; time += 1) await pipes.take(fromAda, await sealed(), asker);
	expect(asked).toBe(0);
	await pipes.hear({ type: "add", participant: "ada", key });
	for (let time = 0; time < 3; time += 1) await pipes.take(fromAda, await sealed(), asker);
	expect(asked).toBe(1);
});

it("asks for none after copies of pictures that were opened", async () => {
	const key = senderKey(1);
	await pipes.hear({ type: "use", key });
	await pipes.hear({ type: "add", participant: "ada", key });
	const one = await sealed();
	const copy = frame(one.data.slice(0));
	expect(await pipes.take(fromAda, one, asker)).toBe(true);
	expect(await pipes.take(fromAda, copy, asker)).toBe(false);
	expect(await pipes.take(fromAda, await sealed(), asker)).toBe(true);
	expect(asked).toBe(0);
});

it("opens what comes while its key is still being derived", async () => {
	const key = senderKey(1);
	await pipes.hear({ type: "use", key });
	const one = await sealed();
	void pipes.hear({ type: "add", participant: "ada", key });
	expect(await pipes.take(fromAda, one, asker)).toBe(true);
	expect(pipes.counts().received).toMatchObject({ ada: { opened: 1, dropped: {} } });
});

it("opens on a receiver only what it carries now", async () => {
	const key = senderKey(1);
	await pipes.hear({ type: "use", key });
	await pipes.hear({ type: "add", participant: "ada", key });
	const nobodys: Track = { side: "receive", kind: "video", receiver: 2 };
	expect(await pipes.take(nobodys, await sealed(), asker)).toBe(false);
	for (const [participant, stream, opens] of [
		["ada", 1, true],
		["ada", 2, false],
		["bo", 1, false],
		["ada", 1, true],
	] as const) {
		void pipes.hear({ type: "bind", receiver: 2, participant, stream });
		expect(await pipes.take(nobodys, await sealed(), asker)).toBe(opens);
	}
});

describe("once another key came", () => {
	const [first, second] = [senderKey(1), senderKey(2)];
	const isBehind = () => Object.values(pipes.counts().received)[0]?.behind;

	async function arrives(): Promise<void> {
		await pipes.take(fromAda, await sealed(), asker);
	}

	beforeEach(async () => {
		await pipes.hear({ type: "use", key: first });
		await pipes.hear({ type: "add", participant: "ada", key: first });
		await arrives();
		await pipes.hear({ type: "add", participant: "ada", key: second });
	});

	it("says that somebody is behind who still uses the one before after four seconds", async () => {
		await arrives();
		expect(isBehind()).toBe(false);
		await clock.advance(4_001);
		expect(isBehind()).toBe(false);
		await arrives();
		expect(isBehind()).toBe(true);
		await pipes.hear({ type: "use", key: second });
		await arrives();
		expect(isBehind()).toBe(false);
	});

	it("says so at once of whoever sends what neither opens, until something is opened", async () => {
		await pipes.hear({ type: "use", key: senderKey(2) });
		await arrives();
		expect(isBehind()).toBe(true);
		await pipes.hear({ type: "use", key: second });
		await arrives();
		expect(isBehind()).toBe(false);
		expect(pipes.counts().received).toMatchObject({ ada: { opened: 2, dropped: { forged: 1 } } });
	});

	it("says so of whoever sends with a key that is not here, after four seconds", async () => {
		await pipes.hear({ type: "use", key: senderKey(0) });
		await arrives();
		expect(pipes.counts().received).toMatchObject({ ada: { dropped: { "no key": 1 } } });
		// They mute: nothing more comes.
		await clock.advance(10_000);
		expect(isBehind()).toBe(false);
		await arrives();
		expect(isBehind()).toBe(true);
	});

	it("says nothing of somebody of whom only copies come, or nothing, or late frames", async () => {
		const late = await sealed();
		await clock.advance(10_000);
		await pipes.hear({ type: "use", key: second });
		const one = await sealed();
		const copy = frame(one.data.slice(0));
		await pipes.take(fromAda, one, asker);
		await pipes.take(fromAda, copy, asker);
		await pipes.take(fromAda, late, asker);
		expect(isBehind()).toBe(false);
	});
});

describe("while media moves between the direct path and the relay", () => {
	const relayed: Track = { side: "receive", kind: "video", receiver: 2 };
	/** Of each picture that is sent: to three people directly, and to the relay in three sizes. */
	const SEALED = 6;

	beforeEach(async () => {
		const key = senderKey(1);
		await pipes.hear({ type: "use", key });
		await pipes.hear({ type: "add", participant: "ada", key });
		await pipes.hear({ type: "bind", receiver: 2, participant: "ada", stream: 1 });
	});

	it.each([
		["the relay", fromAda, relayed],
		["the direct path", relayed, fromAda],
	])("opens all that comes over either, with %s five seconds behind", async (_, first, second) => {
		const late: EncodedFrame[] = [];
		for (let picture = 0; picture < 150; picture += 1) {
			const [one, ...others] = await Promise.all(Array.from({ length: SEALED }, sealed));
			if (one) expect(await pipes.take(first, one, asker)).toBe(true);
			late.push(...others.slice(-1));
		}
		for (const one of late) expect(await pipes.take(second, one, asker)).toBe(true);
		expect(pipes.counts().received).toMatchObject({ ada: { opened: 300, dropped: {} } });
		expect(asked).toBe(0);
	});

	it("opens nothing twice, over another path or another connection", async () => {
		const one = await sealed();
		const copies = [relayed, fromAda, { ...relayed, receiver: 3 }] as const;
		const frames = copies.map(() => frame(one.data.slice(0)));
		await pipes.hear({ type: "bind", receiver: 3, participant: "ada", stream: 1 });
		expect(await pipes.take(fromAda, one, asker)).toBe(true);
		for (const [index, copy] of frames.entries())
			expect(await pipes.take(copies[index] ?? relayed, copy, asker)).toBe(false);
		expect(pipes.counts().received).toMatchObject({ ada: { opened: 1, dropped: { replayed: 3 } } });
	});
});
