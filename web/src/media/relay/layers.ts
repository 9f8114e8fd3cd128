/** What is sent to the relay: each stream once, the camera in up to three sizes of which everybody gets one. */
import { sendLimits } from "../encoding";
import { type FrameHooks, KINDS, SLOTS, type Slot, sendTrack, type Tracks } from "../slots";

export type Senders = Readonly<Record<Slot, RTCRtpSender>>;
export type SenderHook = Pick<FrameHooks, "onSender">;

interface Size {
	readonly scaleResolutionDownBy: number;
	/** Bits per second. */
	readonly maxBitrate: number;
}

/** The smallest first (RFC 8853). */
const RIDS = ["q", "h", "f"] as const;

const FULL_ALONE: readonly Size[] = [{ scaleResolutionDownBy: 1, maxBitrate: 500_000 }];
const HALF_AND_FULL: readonly Size[] = [
	{ scaleResolutionDownBy: 2, maxBitrate: 200_000 },
	{ scaleResolutionDownBy: 1, maxBitrate: 900_000 },
];
const ALL: readonly Size[] = [
	{ scaleResolutionDownBy: 4, maxBitrate: 150_000 },
	{ scaleResolutionDownBy: 2, maxBitrate: 500_000 },
	{ scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];

/**
 * With fewer pixels Chromium sends only the first encoding, or the first two, whatever was asked for (the
 * table of formats in WebRTC's simulcast.cc): the full size has to be among those.
 */
const PIXELS_FOR_TWO = 480 * 270;
const PIXELS_FOR_THREE = 960 * 540;

function sizesOf(camera: MediaStreamTrack | null): readonly Size[] {
	const { width, height } = camera?.getSettings() ?? {};
	// Not known before a camera is on; it is looked at again when one is.
	if (!width || !height || width * height >= PIXELS_FOR_THREE) return ALL;
	return width * height >= PIXELS_FOR_TWO ? HALF_AND_FULL : FULL_ALONE;
}

/** Encodings cannot be added later: those that this camera is too small for are there, and send nothing. */
function cameraEncodings(camera: MediaStreamTrack | null): RTCRtpEncodingParameters[] {
	const sizes = sizesOf(camera);
	return RIDS.map((rid, index) => ({
		rid,
		active: index < sizes.length,
		...(sizes[index] ?? { scaleResolutionDownBy: 1 }),
	}));
}

function encodingsOf(slot: Slot, tracks: Tracks): RTCRtpEncodingParameters[] {
	if (slot === "camera") return cameraEncodings(tracks.camera);
	return [{ maxBitrate: sendLimits(slot, 1).maxBitrate }];
}

/** The four sections of the offer, in their order. */
export function makeSenders(pc: RTCPeerConnection, tracks: Tracks, frames: SenderHook): Senders {
	const made: Partial<Record<Slot, RTCRtpSender>> = {};
	for (const slot of SLOTS) {
		const { sender } = pc.addTransceiver(KINDS[slot], {
			direction: "sendonly",
			sendEncodings: encodingsOf(slot, tracks),
		});
		frames.onSender(sender, slot);
		sendTrack(sender, tracks[slot]);
		made[slot] = sender;
	}
	return made as Senders;
}

/** Sends another track, or none. Another camera may be of another size. */
export function changeTrack(senders: Senders, slot: Slot, track: MediaStreamTrack | null): void {
	if (slot === "camera" && track) fitEncodings(senders.camera, track);
	sendTrack(senders[slot], track);
}

function fitEncodings(sender: RTCRtpSender, camera: MediaStreamTrack): void {
	const parameters = sender.getParameters();
	for (const wanted of cameraEncodings(camera)) {
		const encoding = parameters.encodings.find(({ rid }) => rid === wanted.rid);
		if (encoding) Object.assign(encoding, wanted);
	}
	// Rejects when the connection was closed meanwhile: the next one is made for this camera.
	sender.setParameters(parameters).catch(() => undefined);
}
