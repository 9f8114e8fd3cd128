/** How much is sent: every participant of a mesh gets an own encoding of the camera. */
import type { Slot, Transceivers } from "./slots";
import { SLOTS } from "./slots";

interface Limits {
	/** Bits per second. */
	readonly maxBitrate: number;
	readonly scaleResolutionDownBy?: number;
	readonly degradationPreference?: "maintain-framerate" | "maintain-resolution" | "balanced";
}

/** Bits per second that the cameras of one person may take together. */
const CAMERA_BUDGET = 3_000_000;
const CAMERA_MOST = 1_500_000;
const CAMERA_LEAST = 250_000;
const SCREEN_BUDGET = 6_000_000;
const SCREEN_MOST = 2_500_000;

export function sendLimits(slot: Slot, peers: number): Limits {
	const others = Math.max(1, peers);
	switch (slot) {
		case "microphone":
			return { maxBitrate: 40_000 };
		case "screenSound":
			return { maxBitrate: 128_000 };
		case "screen":
			return {
				maxBitrate: Math.round(Math.min(SCREEN_MOST, SCREEN_BUDGET / others)),
				degradationPreference: "maintain-resolution",
			};
		case "camera":
			return {
				maxBitrate: Math.round(
					Math.max(CAMERA_LEAST, Math.min(CAMERA_MOST, CAMERA_BUDGET / others)),
				),
				scaleResolutionDownBy: others <= 3 ? 1 : 2,
				degradationPreference: "balanced",
			};
	}
}

/** Once negotiated, senders have one encoding each, which can be limited at any time. */
export function limitSenders(transceivers: Transceivers, peers: number): void {
	for (const slot of SLOTS) limitSender(transceivers[slot].sender, sendLimits(slot, peers));
}

function limitSender(sender: RTCRtpSender, limits: Limits): void {
	const parameters = sender.getParameters();
	const encoding = parameters.encodings?.[0];
	if (encoding === undefined) return;
	const { degradationPreference, ...wanted } = limits;
	if (encoding.maxBitrate === wanted.maxBitrate) return;
	Object.assign(encoding, wanted);
	// Firefox does not know the preference, and is free to leave it.
	if (degradationPreference) Object.assign(parameters, { degradationPreference });
	// Rejects when something else changed in between; the next negotiation or change of peers sets it again.
	sender.setParameters(parameters).catch(() => undefined);
}
