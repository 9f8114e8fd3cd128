import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import type { Bytes } from "../../src/e2ee/bytes";
import { clearBytes, type Kind, passes } from "../../src/e2ee/clear_bytes";
import {
	kidOf,
	OLD_KEYS_MS,
	ReceiveKeys,
	type SenderKey,
	SendKeys,
} from "../../src/e2ee/frame_keys";
import { REPLAY_WINDOW, ReplayWindow } from "../../src/e2ee/replay";
import { FakeClock } from "../fakes/clock";

const MICROPHONE = 0;
const CAMERA = 1;
const SCREEN = 2;

const keyFrame = Uint8Array.from({ length: 900 }, (_, index) => index & 0xfe);
const deltaFrame = Uint8Array.from({ length: 40 }, (_, index) => index | 1);
const opus = Uint8Array.of(0x78, 1, 2, 3);

let clock: FakeClock;
let send: SendKeys;
let receive: ReceiveKeys;

function senderKey(epoch: number, leaf = 5): SenderKey {
	return { leaf, epoch, baseKey: crypto.getRandomValues(new Uint8Array(16)) };
}

async function sealed(frame: Bytes, stream = CAMERA): Promise<Bytes> {
	const box = await send.seal(stream, "video", frame);
	if (box === null) throw new Error("there is no key");
	return box;
}

/** The frame, or why there is none; how new its key is shows in pipes.test.ts. */
async function open(stream: number, kind: Kind, frame: Bytes) {
	const opened = await receive.open(stream, kind, frame);
	return "frame" in opened ? { frame: opened.frame } : opened;
}

async function share(key: SenderKey): Promise<void> {
	await receive.add(key);
	await send.use(key);
}

beforeEach(() => {
	clock = new FakeClock();
	send = new SendKeys();
	receive = new ReceiveKeys(clock);
});

it.each([
	["video", keyFrame, 10],
	["video", deltaFrame, 3],
	["audio", opus, 1],
] as const)(
	"leaves the first bytes of %s readable and opens the rest",
	async (kind, frame, clear) => {
		await share(senderKey(3));
		const box = await send.seal(CAMERA, kind, frame);
		expect(box?.slice(0, clear)).toEqual(frame.slice(0, clear));
		expect(box?.length).toBeGreaterThanOrEqual(frame.length + 17);
		expect(box?.length).toBeLessThanOrEqual(frame.length + 23);
		expect(await open(CAMERA, kind, box ?? frame)).toEqual({ frame });
	},
);

it("seals nothing without a key", async () => {
	expect(await send.seal(CAMERA, "video", keyFrame)).toBeNull();
	await send.use(senderKey(0));
	expect(await send.seal(CAMERA, "video", keyFrame)).not.toBeNull();
	send.forget();
	expect(await send.seal(CAMERA, "video", keyFrame)).toBeNull();
});

it("seals nothing that is too short for its clear bytes", async () => {
	await send.use(senderKey(0));
	expect(await send.seal(CAMERA, "video", new Uint8Array())).toBeNull();
	expect(await send.seal(CAMERA, "video", keyFrame.slice(0, 9))).toBeNull();
	expect(await send.seal(CAMERA, "video", Uint8Array.of(1, 0))).toBeNull();
});

it("never uses a counter twice, however many connections seal at once", async () => {
	await send.use(senderKey(0));
	const boxes = await Promise.all(Array.from({ length: 300 }, () => sealed(deltaFrame)));
	expect(new Set(boxes.map((box) => box.toString())).size).toBe(300);
	const headers = boxes.map((box) => box.slice(3, 9).toString());
	expect(new Set(headers).size).toBe(300);
});

it("drops what comes without a key, and takes it no better for waiting", async () => {
	await send.use(senderKey(3));
	expect(await open(CAMERA, "video", await sealed(keyFrame))).toEqual({
		dropped: "no key",
	});
});

it("drops what is sealed with another key of the same name", async () => {
	await send.use(senderKey(3));
	await receive.add(senderKey(3));
	expect(await open(CAMERA, "video", await sealed(keyFrame))).toEqual({
		dropped: "forged",
	});
});

it("drops a frame of one track on another, also when its name says so", async () => {
	await share(senderKey(3));
	const box = await sealed(keyFrame);
	expect(await open(SCREEN, "video", box)).toEqual({ dropped: "foreign" });
	const renamed = box.slice();
	renamed[11] = SCREEN;
	expect(await open(SCREEN, "video", renamed)).toEqual({ dropped: "forged" });
	expect(await open(CAMERA, "video", box)).toEqual({ frame: keyFrame });
});

it("drops frames of somebody else's leaf", async () => {
	await send.use(senderKey(3, 6));
	await receive.add(senderKey(3, 5));
	expect(await open(CAMERA, "video", await sealed(keyFrame))).toEqual({
		dropped: "no key",
	});
});

it("drops replayed frames, and takes late ones", async () => {
	await share(senderKey(3));
	const [first, second, third] = [
		await sealed(keyFrame),
		await sealed(keyFrame),
		await sealed(keyFrame),
	];
	expect(await open(CAMERA, "video", third)).toEqual({ frame: keyFrame });
	expect(await open(CAMERA, "video", first)).toEqual({ frame: keyFrame });
	expect(await open(CAMERA, "video", first)).toEqual({ dropped: "replayed" });
	expect(await open(CAMERA, "video", third)).toEqual({ dropped: "replayed" });
	expect(await open(CAMERA, "video", second)).toEqual({ frame: keyFrame });
});

it("tells what is too late to know from what was seen", async () => {
	await share(senderKey(3));
	const first = await sealed(keyFrame);
	for (let time = 0n; time < REPLAY_WINDOW; time += 1n) await sealed(keyFrame);
	const newest = await sealed(keyFrame);
	expect(await open(CAMERA, "video", newest)).toEqual({ frame: keyFrame });
	expect(await open(CAMERA, "video", first)).toEqual({ dropped: "late" });
	expect(await open(CAMERA, "video", newest)).toEqual({ dropped: "replayed" });
});

it("lets one through when two copies are opened at once", async () => {
	await share(senderKey(3));
	const box = await sealed(keyFrame);
	const both = await Promise.all([open(CAMERA, "video", box), open(CAMERA, "video", box)]);
	expect(both).toContainEqual({ frame: keyFrame });
	expect(both).toContainEqual({ dropped: "replayed" });
});

it("does not let a forged frame use up a counter", async () => {
	await share(senderKey(3));
	const box = await sealed(keyFrame);
	const forged = box.slice();
	forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1;
	expect(await open(CAMERA, "video", forged)).toEqual({ dropped: "forged" });
	expect(await open(CAMERA, "video", box)).toEqual({ frame: keyFrame });
});

it("protects the clear bytes", async () => {
	await share(senderKey(3));
	for (let at = 1; at < 10; at += 1) {
		const box = await sealed(keyFrame);
		box[at] = (box[at] ?? 0) ^ 0x10;
		expect(await open(CAMERA, "video", box)).toEqual({ dropped: "forged" });
	}
});

it("opens nothing of what is cut off, and survives anything", async () => {
	await share(senderKey(3));
	const box = await sealed(deltaFrame);
	for (let length = 0; length < box.length; length += 1) {
		expect(await open(CAMERA, "video", box.slice(0, length))).toHaveProperty("dropped");
	}
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (junk) => {
			expect(await open(CAMERA, "video", new Uint8Array(junk))).toHaveProperty("dropped");
		}),
	);
});

it("loses no frame when the key changes", async () => {
	await share(senderKey(3));
	const late = await sealed(deltaFrame);
	const next = senderKey(4);
	await receive.add(next);
	expect(await open(CAMERA, "video", await sealed(deltaFrame))).toEqual({
		frame: deltaFrame,
	});
	await send.use(next);
	expect(await open(CAMERA, "video", await sealed(deltaFrame))).toEqual({
		frame: deltaFrame,
	});
	expect(await open(CAMERA, "video", late)).toEqual({ frame: deltaFrame });
});

it("keeps an old key until 10 s after the first frame with a newer one", async () => {
	await share(senderKey(3));
	const late = [
		await sealed(deltaFrame),
		await sealed(deltaFrame),
		await sealed(deltaFrame),
	] as const;
	await share(senderKey(4));
	await clock.advance(10 * OLD_KEYS_MS);
	expect(await open(CAMERA, "video", late[0])).toEqual({ frame: deltaFrame });
	expect(await open(CAMERA, "video", await sealed(deltaFrame))).toEqual({
		frame: deltaFrame,
	});
	await clock.advance(OLD_KEYS_MS - 1);
	expect(await open(CAMERA, "video", late[1])).toEqual({ frame: deltaFrame });
	await clock.advance(1);
	expect(await open(CAMERA, "video", late[2])).toEqual({ dropped: "no key" });
	expect(await open(CAMERA, "video", await sealed(deltaFrame))).toEqual({
		frame: deltaFrame,
	});
});

it("takes a key twice without forgetting what was seen", async () => {
	const key = senderKey(3);
	await share(key);
	const box = await sealed(keyFrame);
	expect(await open(CAMERA, "video", box)).toEqual({ frame: keyFrame });
	await receive.add(key);
	expect(await open(CAMERA, "video", box)).toEqual({ dropped: "replayed" });
});

it("goes around with epochs modulo 256", async () => {
	await share(senderKey(3));
	const before = await sealed(keyFrame);
	await share(senderKey(3 + 256));
	expect(await open(CAMERA, "video", await sealed(keyFrame))).toEqual({ frame: keyFrame });
	expect(await open(CAMERA, "video", before)).toHaveProperty("dropped");
});

it("does not gather keys of somebody who sends nothing", async () => {
	const first = senderKey(0);
	await share(first);
	const box = await sealed(keyFrame);
	for (let epoch = 1; epoch <= 65; epoch += 1) await receive.add(senderKey(epoch));
	expect(await open(CAMERA, "video", box)).toEqual({ dropped: "no key" });
});

it("names keys by stream, leaf and epoch", () => {
	expect(kidOf(MICROPHONE, 0, 0)).toBe(0n);
	expect(kidOf(3, 255, 0x1ff)).toBe(0x3ffffn);
});

it("says which codecs pass", () => {
	expect(passes("video", "video/VP8")).toBe(true);
	expect(passes("audio", "audio/opus")).toBe(true);
	expect(passes("video", undefined)).toBe(true);
	for (const other of ["video/H264", "video/AV1", "video/VP9"])
		expect(passes("video", other)).toBe(false);
	expect(passes("audio", "audio/red")).toBe(false);
	expect(clearBytes("audio", new Uint8Array())).toBeNull();
});

it("remembers the last 1,024 counters, as a list of all of them would", () => {
	const step = fc.oneof(
		fc.bigInt({ min: 0n, max: 40n }),
		fc.bigInt({ min: 0n, max: 5_000n }),
		fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), (counters) => {
			const window = new ReplayWindow();
			const seen = new Set<bigint>();
			let highest = -1n;
			for (const ctr of counters) {
				const fresh = !seen.has(ctr) && ctr > highest - REPLAY_WINDOW;
				expect(window.mark(ctr)).toBe(fresh);
				if (fresh) seen.add(ctr);
				if (ctr > highest) highest = ctr;
			}
		}),
	);
});
