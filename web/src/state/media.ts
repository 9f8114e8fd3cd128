/** What the page knows about its own devices and about everybody's pictures and sound. */
import type { PathChanged, Refusal } from "../protocol/generated";
import type { Path } from "./model";

/** Browser to browser, or through the relay of the server. */
export type PathKind = PathChanged["path"];
export type PathState = PathChanged["state"];

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

/** Of a picture on the screen, in device pixels. */
export interface PictureSize {
	readonly width: number;
	readonly height: number;
}

/** Connection quality of one participant; null while unknown. */
export type Quality = "good" | "fair" | "poor";

/** One other participant's pictures and sound, as this browser receives them. */
export interface RemoteMedia {
	/** Own view of the path. */
	readonly state: PathState;
	/** Over which they arrive now. */
	readonly path: PathKind;
	/** Why through the relay. */
	readonly why: Path["why"];
	/** Why the server would not relay; null: it did not refuse to. */
	readonly refusal: Refusal | null;
	readonly cameraStream: MediaStream | null;
	readonly screenStream: MediaStream | null;
	/** Microphone and screen sound; played by one hidden element per stream. */
	readonly microphoneStream: MediaStream | null;
	readonly screenSoundStream: MediaStream | null;
	readonly quality: Quality | null;
	readonly roundTripMs: number | null;
	/** Fraction of packets lost lately, 0..1. */
	readonly loss: number | null;
	/** Received, in bits per second. */
	readonly bitrate: number | null;
	/** Of the camera's picture as it arrives, in pixels; the layer, when it is relayed. */
	readonly height: number | null;
}
