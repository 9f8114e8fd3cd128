/** What is sent to the relay: each stream once, the camera in three sizes of which everybody gets one. */
import { sendLimits } from "../encoding";
import { type FrameHooks, KINDS, SLOTS, type Slot, sendTrack, type Tracks } from "../slots";

export type Senders = Readonly<Record<Slot, RTCRtpSender>>;
export type SenderHook = Pick<FrameHooks, "onSender">;

/** The smallest first (RFC 8853). Bits per second. */
const CAMERA_LAYERS: readonly RTCRtpEncodingParameters[] = [
	{ rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
	{ rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
	{ rid: "f", maxBitrate: 1_700_000 },
];

function encodingsOf(slot: Slot): RTCRtpEncodingParameters[] {
	if (slot === "camera") return CAMERA_LAYERS.map((layer) => ({ ...layer }));
	return [{ maxBitrate: sendLimits(slot, 1).maxBitrate }];
}

/** The four sections of the offer, in their order. */
export function makeSenders(
	pc: RTCPeerConnection,
	tracks: Tracks,
	frames: SenderHook | null,
): Senders {
	const made: Partial<Record<Slot, RTCRtpSender>> = {};
	for (const slot of SLOTS) {
		const { sender } = pc.addTransceiver(KINDS[slot], {
			direction: "sendonly",
			sendEncodings: encodingsOf(slot),
		});
		frames?.onSender(sender, slot);
		sendTrack(sender, tracks[slot]);
		made[slot] = sender;
	}
	return made as Senders;
}
