import { describe, expect, it } from "vitest";
import { ActiveSpeaker } from "../../src/media/active_speaker";
import { sendLimits } from "../../src/media/encoding";
import { iceServers } from "../../src/media/ice";
import { levelOf } from "../../src/media/levels";
import { type Counters, measure } from "../../src/media/quality";
import { countersFrom } from "../../src/media/stats";

describe("the only ICE server is the one that the page came from", () => {
	it.each([
		["meet.example", "stun:meet.example:3478"],
		["192.0.2.7", "stun:192.0.2.7:3478"],
		["[2001:db8::1]", "stun:[2001:db8::1]:3478"],
		["2001:db8::1", "stun:[2001:db8::1]:3478"],
	])("%s", (host, urls) => {
		expect(iceServers(host, 3478)).toEqual([{ urls }]);
	});
	it("none without a port", () => {
		for (const port of [0, -1, 65_536, 3.5, Number.NaN]) expect(iceServers("x", port)).toEqual([]);
	});
});

describe("quality", () => {
	const start: Counters = {
		received: 100,
		lost: 0,
		bytes: 50_000,
		frames: 30,
		frozen: 0,
		height: 360,
		roundTripMs: 20,
		quietMs: 10,
	};
	const after = (change: Partial<Counters>) =>
		measure(start, { ...start, received: 200, ...change }, 2_000).quality;
	it.each([
		[{}, "good"],
		[{ lost: 5 }, "fair"],
		[{ lost: 20 }, "poor"],
		[{ roundTripMs: 400 }, "fair"],
		[{ roundTripMs: 1_500 }, "poor"],
		[{ frozen: 1.5 }, "poor"],
		[{ lost: -3 }, "good"],
		[{ received: 100, roundTripMs: null }, null],
	])("%o is %s", (change, quality) => {
		expect(after(change)).toBe(quality);
	});
	it("tells the fraction of packets lost", () => {
		expect(measure(start, { ...start, received: 175, lost: 25 }, 2_000).loss).toBe(0.25);
	});
	it("tells bits per second, and the picture while it moves", () => {
		const moved = measure(start, { ...start, bytes: 300_000, frames: 90 }, 2_000);
		expect(moved).toMatchObject({ bitrate: 1_000_000, height: 360 });
		expect(measure(start, start, 2_000)).toMatchObject({ bitrate: 0, height: null });
	});
});

it("reads what each browser's statistics have", () => {
	const report = [
		{ type: "inbound-rtp", mid: "aa", packetsReceived: 10, packetsLost: 1, bytesReceived: 1_000 },
		{
			type: "inbound-rtp",
			mid: "ab",
			packetsReceived: 5,
			bytesReceived: 8_000,
			framesDecoded: 30,
			frameHeight: 360,
			totalFreezesDuration: 0.5,
			timestamp: 9_000,
			lastPacketReceivedTimestamp: 8_700,
		},
		{ type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
		{ type: "remote-inbound-rtp", roundTripTime: 0.2 },
		{ type: "codec" },
	];
	expect(countersFrom(report)).toEqual({
		received: 15,
		lost: 1,
		bytes: 9_000,
		frames: 30,
		frozen: 0.5,
		height: 360,
		roundTripMs: 200,
		quietMs: 300,
	});
	const relayed = countersFrom(report, new Set(["aa"]));
	expect(relayed).toMatchObject({ received: 10, frames: 0, height: null, roundTripMs: 200 });
	expect(relayed.quietMs).toBeNull();
	const pair = { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.05 };
	expect(countersFrom([pair, ...report]).roundTripMs).toBe(50);
});

it("shares what one can send among more people", () => {
	const rates = [1, 2, 3, 5, 20].map((peers) => sendLimits("camera", peers).maxBitrate);
	expect(rates).toEqual([1_500_000, 1_500_000, 1_000_000, 600_000, 250_000]);
});

it("shows silence as 0 and full scale as 1", () => {
	expect(levelOf(new Float32Array(100))).toBe(0);
	expect(levelOf(new Float32Array(100).fill(1))).toBe(1);
	expect(levelOf(new Float32Array(100).fill(0.02))).toBeGreaterThan(0.2);
	expect(levelOf(new Float32Array(100).fill(0.02))).toBeLessThan(0.8);
});

describe("the active speaker", () => {
	function hear(speaker: ActiveSpeaker, levels: Record<string, number>, from: number, ms: number) {
		for (let at = from; at < from + ms; at += 100) speaker.observe(levels, at);
		return speaker.current;
	}
	it("is nobody in silence", () => {
		expect(hear(new ActiveSpeaker(), { a: 0.1, b: 0.2 }, 0, 2_000)).toBeNull();
	});
	it("is who speaks, does not move for a cough, and moves for who goes on", () => {
		const speaker = new ActiveSpeaker();
		expect(hear(speaker, { a: 0.8, b: 0 }, 0, 1_000)).toBe("a");
		expect(hear(speaker, { a: 0, b: 0.9 }, 1_000, 500)).toBe("a");
		expect(hear(speaker, { a: 0, b: 0 }, 1_500, 2_000)).toBe("a");
		expect(hear(speaker, { a: 0, b: 0.9 }, 3_500, 1_500)).toBe("b");
	});
	it("is given up when they left", () => {
		const speaker = new ActiveSpeaker();
		hear(speaker, { a: 0.8 }, 0, 1_000);
		speaker.forget("a");
		expect(speaker.current).toBeNull();
		expect(hear(speaker, { b: 0.8 }, 2_000, 1_000)).toBe("b");
	});
});
