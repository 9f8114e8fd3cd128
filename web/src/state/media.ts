/** What the page knows about its own devices and about everybody's pictures and sound. */

export type DeviceKind = "camera" | "microphone" | "speaker";

export interface Device {
	readonly id: string;
	/** Name as the browser tells it; empty before permission was given. */
	readonly label: string;
}

/** Why a device cannot be had: each has its own sentence, which says what to do. */
export type DeviceTrouble =
	| "insecure" // plain http: browsers give no devices
	| "refused" // the person or the browser said no
	| "missing" // there is none
	| "busy" // another program uses it
	| "unplugged" // it was there and went away
	| "unknown";

export interface OwnDevice {
	/** What the person wants. */
	readonly wanted: boolean;
	/** Really on: there is a live track that is being sent. */
	readonly on: boolean;
	readonly starting: boolean;
	readonly trouble: DeviceTrouble | null;
	readonly devices: readonly Device[];
	/** Id of the device in use or chosen. */
	readonly chosen: string | null;
}

export interface OwnMedia {
	readonly microphone: OwnDevice;
	readonly camera: OwnDevice;
	readonly screen: {
		readonly on: boolean;
		readonly starting: boolean;
		readonly trouble: DeviceTrouble | null;
		readonly possible: boolean;
	};
	/** Loudspeakers, where the browser lets the page choose; empty elsewhere. */
	readonly speakers: readonly Device[];
	readonly speaker: string | null;
	/** Camera preview; null when off. Not mirrored: mirroring is a matter of showing. */
	readonly cameraStream: MediaStream | null;
	readonly screenStream: MediaStream | null;
	readonly noiseSuppression: boolean;
}

/** Connection quality of one participant; null while unknown. */
export type Quality = "good" | "fair" | "poor";

/** One other participant's pictures and sound, as this browser receives them. */
export interface RemoteMedia {
	/** Own view of the direct connection. */
	readonly state: "connecting" | "connected" | "failed";
	readonly cameraStream: MediaStream | null;
	readonly screenStream: MediaStream | null;
	/** Microphone and screen sound; played by one hidden element per stream. */
	readonly microphoneStream: MediaStream | null;
	readonly screenSoundStream: MediaStream | null;
	readonly quality: Quality | null;
	readonly roundTripMs: number | null;
	/** Fraction of packets lost lately, 0..1. */
	readonly loss: number | null;
}
