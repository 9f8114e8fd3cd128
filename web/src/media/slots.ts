/** The four media sections of every direct connection, in the order of the offer. */

export const SLOTS = ["microphone", "camera", "screen", "screenSound"] as const;
export type Slot = (typeof SLOTS)[number];

export type Tracks = Readonly<Record<Slot, MediaStreamTrack | null>>;

export const NO_TRACKS: Tracks = {
	microphone: null,
	camera: null,
	screen: null,
	screenSound: null,
};

export const KINDS: Readonly<Record<Slot, "audio" | "video">> = {
	microphone: "audio",
	camera: "video",
	screen: "video",
	screenSound: "audio",
};

/**
 * Where frames are encrypted and decrypted, on every kind of connection: called for each sender and each
 * receiver right after it came into being, before any packet can have passed, and for a receiver again
 * whenever it is to carry another participant or slot. Whoever sets `sender.transform` and
 * `receiver.transform` here must also make the connection with `encodedInsertableStreams: true`, or
 * Chromium ignores the transform of the receiver.
 */
export interface FrameHooks {
	onSender(sender: RTCRtpSender, slot: Slot): void;
	onReceiver(receiver: RTCRtpReceiver, slot: Slot): void;
}

export type Transceivers = Readonly<Record<Slot, RTCRtpTransceiver>>;

/** The offering side: makes the four sections. */
export function makeTransceivers(
	pc: RTCPeerConnection,
	tracks: Tracks,
	frames: FrameHooks | null,
): Transceivers {
	for (const slot of SLOTS) {
		prepare(pc.addTransceiver(KINDS[slot], { direction: "sendrecv" }), slot, tracks, frames);
	}
	return inOrder(pc) as Transceivers;
}

/**
 * The answering side: takes over the sections that an offer made, after setRemoteDescription and before
 * the answer. Null when the offer does not have our four sections.
 */
export function adoptTransceivers(
	pc: RTCPeerConnection,
	tracks: Tracks,
	frames: FrameHooks | null,
): Transceivers | null {
	const transceivers = inOrder(pc);
	if (transceivers === null) return null;
	for (const slot of SLOTS) {
		transceivers[slot].direction = "sendrecv";
		prepare(transceivers[slot], slot, tracks, frames);
	}
	return transceivers;
}

function inOrder(pc: RTCPeerConnection): Transceivers | null {
	const [microphone, camera, screen, screenSound] = pc.getTransceivers();
	if (!microphone || !camera || !screen || !screenSound) return null;
	const all = { microphone, camera, screen, screenSound };
	return SLOTS.every((slot) => all[slot].receiver.track.kind === KINDS[slot]) ? all : null;
}

/** The one place where every transceiver passes, whoever made it. */
function prepare(
	transceiver: RTCRtpTransceiver,
	slot: Slot,
	tracks: Tracks,
	frames: FrameHooks | null,
): void {
	frames?.onSender(transceiver.sender, slot);
	frames?.onReceiver(transceiver.receiver, slot);
	sendTrack(transceiver.sender, tracks[slot]);
}

/**
 * What each sender was last told to send. `sender.track` tells only what it sent before: replaceTrack waits
 * behind whatever else the connection is doing, negotiation included.
 */
const lastWanted = new WeakMap<RTCRtpSender, MediaStreamTrack | null>();

/** Turns a slot on or off without a new offer. The last wish wins, whenever the connection gets to it. */
export function sendTrack(sender: RTCRtpSender, track: MediaStreamTrack | null): void {
	if (lastWanted.get(sender) === track) return;
	lastWanted.set(sender, track);
	// Rejects when the connection was closed meanwhile: then there is nothing to send to. Else ask again.
	sender.replaceTrack(track).catch(() => {
		if (lastWanted.get(sender) === track) lastWanted.delete(sender);
	});
}
