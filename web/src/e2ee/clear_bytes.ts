/**
 * How many bytes at the start of an encoded frame stay readable, for the packetizer, the depacketizer and
 * the relay. They are authenticated all the same. The number follows from the first byte, which is clear.
 *
 * VP9 is left out: nothing of its frames has to stay clear (what a relay needs is in the RTP payload
 * descriptor), but then no byte tells it from VP8, and not every browser says in the receiving worker which
 * codec a frame has. H264 and AV1 are cut into packets along their syntax, which encryption destroys.
 */
import type { Bytes } from "./bytes";

export type Kind = "audio" | "video";

const OPUS = 1;
/** RFC 6386 section 9.1: frame tag, start code, width and height. */
const VP8_KEY = 10;
/** The frame tag. */
const VP8_DELTA = 3;
const VP8_IS_DELTA = 0x01;

const PASSING: Readonly<Record<Kind, string>> = { audio: "audio/opus", video: "video/vp8" };

/** Null when the frame is too short to be one. */
export function clearBytes(kind: Kind, frame: Bytes): number | null {
	const [first] = frame;
	if (first === undefined) return null;
	const clear = kind === "audio" ? OPUS : first & VP8_IS_DELTA ? VP8_DELTA : VP8_KEY;
	return frame.length >= clear ? clear : null;
}

/** Whether frames of this codec can be encrypted. A browser that does not name it sends the first offered. */
export function passes(kind: Kind, mimeType: string | undefined): boolean {
	return mimeType === undefined || mimeType.toLowerCase() === PASSING[kind];
}
