/** How well somebody comes across, from two looks at the statistics. */
import type { Quality } from "../state/media";

/** Counters of one participant's streams at one time (W3C WebRTC Statistics). */
export interface Counters {
	readonly received: number;
	readonly lost: number;
	readonly bytes: number;
	/** Frames of video that were decoded. */
	readonly frames: number;
	/** Seconds that received video stood still. */
	readonly frozen: number;
	/** Of the last decoded picture, in pixels; null without one. */
	readonly height: number | null;
	/** Milliseconds; null while unknown. */
	readonly roundTripMs: number | null;
	/** Milliseconds since the last packet; null where the browser does not say. */
	readonly quietMs: number | null;
}

export interface Measured {
	readonly quality: Quality | null;
	readonly roundTripMs: number | null;
	/** Fraction of packets, 0..1; null when nothing was received. */
	readonly loss: number | null;
	/** Bits per second. */
	readonly bitrate: number | null;
	readonly height: number | null;
}

export const UNMEASURED: Measured = {
	quality: null,
	roundTripMs: null,
	loss: null,
	bitrate: null,
	height: null,
};

/** `passedMs`: from one look to the other. */
export function measure(before: Counters, after: Counters, passedMs: number): Measured {
	const received = Math.max(0, after.received - before.received);
	// Packets that were only late count as found again.
	const lost = Math.max(0, after.lost - before.lost);
	const loss = received + lost > 0 ? lost / (received + lost) : null;
	const frozen = Math.max(0, after.frozen - before.frozen);
	return {
		loss,
		roundTripMs: after.roundTripMs,
		quality: judge(loss, after.roundTripMs, frozen),
		bitrate: (Math.max(0, after.bytes - before.bytes) * 8_000) / Math.max(1, passedMs),
		height: after.frames > before.frames ? after.height : null,
	};
}

function judge(loss: number | null, roundTripMs: number | null, frozen: number): Quality | null {
	if (loss === null && roundTripMs === null) return null;
	const worst = Math.max(
		grade(loss ?? 0, 0.03, 0.1),
		grade(roundTripMs ?? 0, 300, 800),
		grade(frozen, 0.3, 1),
	);
	return worst === 0 ? "good" : worst === 1 ? "fair" : "poor";
}

function grade(value: number, fair: number, poor: number): 0 | 1 | 2 {
	return value >= poor ? 2 : value >= fair ? 1 : 0;
}
