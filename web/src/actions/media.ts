/** Own devices and everybody's pictures and sound: wires media to what views see. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { systemClock } from "../core/clock";
import { randomId } from "../core/ids";
import { ActiveSpeaker } from "../media/active_speaker";
import { iceServers } from "../media/ice";
import { Levels } from "../media/levels";
import { Devices } from "../media/own/devices";
import { Paths } from "../media/paths";
import type { Ask } from "../media/relay/relay";
import { type FrameHooks, SLOTS } from "../media/slots";
import { ShownTiles } from "../media/tiles";
import type { ChangeMedia, Command, Event, Refusal } from "../protocol/generated";
import type { OwnMedia, RemoteMedia } from "../state/media";
import type { Stage } from "../state/model";
import type { Actions, PageState } from "./actions";
import { readDeviceChoices, writeDeviceChoices } from "./preferences";
import type { Store } from "./store";

type MediaState = Pick<PageState, "own" | "remote" | "unsent" | "levels" | "activeSpeaker">;
type MediaActions = Pick<
	Actions,
	| "openDevices"
	| "setMicrophone"
	| "setCamera"
	| "setScreen"
	| "chooseDevice"
	| "setNoiseSuppression"
	| "allowSound"
	| "retryPath"
	| "showPicture"
	| "choosePicture"
>;

export interface MediaDesk {
	readonly state: MediaState;
	readonly actions: MediaActions;
	readonly paths: Paths;
	/** What is being sent now. */
	sending(): Pick<ChangeMedia, "microphone" | "camera" | "screen">;
	/** Out of the meeting; `devices` too, or is the person back in the hall? */
	stop(devices: "release" | "keep"): void;
}

export interface Wire {
	/** Where the frames to and from this participant are encrypted. */
	frames(participant: string): FrameHooks;
	online(): boolean;
	tell(command: Command): void;
	/** Null: there was no connection, or it was lost before the answer came. */
	ask(command: Command): Promise<Answer | null>;
}

type Answer = Extract<Event, { readonly ref: number }>;

// The second one is not in the standard: without it Chromium ignores the transform of a receiver (see FrameHooks).
const BUNDLED = { bundlePolicy: "max-bundle", encodedInsertableStreams: true } as const;

const makeStream = (track: MediaStreamTrack) => new MediaStream([track]);

export function makeMediaDesk(store: Store, wire: Wire): MediaDesk {
	const received = signal<Readonly<Record<string, RemoteMedia>>>({});
	const unsent = signal<Refusal | null>(null);
	const levels = signal<Readonly<Record<string, number>>>({});
	const activeSpeaker = signal<string | null>(null);
	const speaker = new ActiveSpeaker();

	const tiles = new ShownTiles({
		clock: systemClock,
		tell: (shown) => wire.tell({ type: "ShowTiles", tiles: shown }),
	});
	followVisibility(tiles);
	const meters = new Levels({
		clock: systemClock,
		makeContext: () => new AudioContext(),
		makeStream,
		measured(measured) {
			levels.value = measured;
			const { own: _, ...others } = measured;
			const speaks = speaker.observe(others, systemClock.now());
			if (speaks !== activeSpeaker.value) tiles.first(speaks);
			activeSpeaker.value = speaks;
		},
	});
	const paths = new Paths({
		clock: systemClock,
		frames: (participant) => wire.frames(participant),
		tiles,
		load: () => import("../media/relay/relay"),
		makeDirect: () =>
			new RTCPeerConnection({
				iceServers: iceServers(location.hostname, store.meeting()?.mediaPort ?? 0),
				...BUNDLED,
			}),
		makeRelayed: () => new RTCPeerConnection(BUNDLED),
		makeStream,
		newId: () => randomId(16),
		online: () => wire.online(),
		sends: (participant) =>
			store.meeting()?.participants.find((one) => one.id === participant) ?? SILENT,
		send: (signalled) => wire.tell({ type: "Signal", ...signalled }),
		ask: (command) => wire.ask(command) as ReturnType<Ask>,
		report(participant, path, state) {
			wire.tell({ type: "ReportPath", participant, path, state });
			if (state === "failed") giveUpMissing(store, participant);
		},
		unsent(refusal) {
			unsent.value = refusal;
		},
		changed(participant, media) {
			const { [participant]: _, ...others } = received.value;
			received.value = media === null ? others : { ...others, [participant]: media };
			meters.set(participant, media?.microphoneStream?.getAudioTracks()[0] ?? null);
			if (media === null) speaker.forget(participant);
		},
	});
	const own = makeOwn(paths, meters, wire);

	return {
		state: {
			own: own.state,
			remote: shown(received, store.stage),
			unsent,
			levels,
			activeSpeaker,
		},
		actions: {
			...own.actions,
			allowSound: () => meters.resume(),
			retryPath: (participant) => paths.retry(participant),
			showPicture: (participant, slot, size) => tiles.show(participant, slot, size),
			choosePicture: (participant, slot, chosen) => tiles.choose(participant, slot, chosen),
		},
		paths,
		sending: () => sendingOf(own.state.value),
		stop(devices) {
			paths.close();
			speaker.current = null;
			activeSpeaker.value = null;
			if (devices === "release") own.devices.close();
		},
	};
}

const SILENT = { microphone: false, camera: false };

function followVisibility(tiles: ShownTiles): void {
	document.addEventListener("visibilitychange", () => {
		tiles.visible(document.visibilityState === "visible");
	});
}

/** A participant who did not come back yet and whose media is gone as well: there is nothing to wait for. */
function giveUpMissing(store: Store, participant: string): void {
	if (store.meeting()?.missing.some((one) => one.id === participant)) {
		store.happen({ type: "MissingGivenUp", participants: [participant] });
	}
}

function sendingOf(own: OwnMedia): Pick<ChangeMedia, "microphone" | "camera" | "screen"> {
	return { microphone: own.microphone.on, camera: own.camera.on, screen: own.screen.on };
}

function makeOwn(paths: Paths, meters: Levels, wire: Wire) {
	const devices: Devices = new Devices({
		mediaDevices: navigator.mediaDevices as MediaDevices | undefined,
		permissions: navigator.permissions as Permissions | undefined,
		secure: isSecureContext,
		choices: readDeviceChoices(),
		speakersPossible: "setSinkId" in HTMLMediaElement.prototype,
		makeStream,
		changed: () => follow(),
	});
	const state = signal(devices.own);

	function follow(): void {
		const before = sendingOf(state.value);
		const { tracks } = devices;
		state.value = devices.own;
		for (const slot of SLOTS) paths.send(slot, tracks[slot]);
		meters.set("own", tracks.microphone);
		const now = sendingOf(state.value);
		if (SENDING.some((kind) => before[kind] !== now[kind])) {
			wire.tell({ type: "ChangeMedia", ...now });
		}
	}
	const remember = () => writeDeviceChoices(devices.choices);
	const actions: Omit<MediaActions, "allowSound" | "retryPath" | "showPicture" | "choosePicture"> =
		{
			openDevices: () => devices.open(),
			setMicrophone: (on) => void devices.set("microphone", on).then(remember),
			setCamera: (on) => void devices.set("camera", on).then(remember),
			setScreen: (on) => void devices.setScreen(on),
			chooseDevice: (kind, id) => void devices.choose(kind, id).then(remember),
			setNoiseSuppression: (on) => void devices.setNoiseSuppression(on).then(remember),
		};
	return { devices, state, actions };
}

const SENDING = ["microphone", "camera", "screen"] as const;

/** Pictures only of what is being sent: a slot stays open when nothing comes through it. */
function shown(
	received: ReadonlySignal<Readonly<Record<string, RemoteMedia>>>,
	stage: ReadonlySignal<Stage>,
): ReadonlySignal<Readonly<Record<string, RemoteMedia>>> {
	return computed(() => {
		if (stage.value.name !== "in") return {};
		const { participants, missing } = stage.value.meeting;
		const people = new Map([...missing, ...participants].map((one) => [one.id, one]));
		return Object.fromEntries(
			Object.entries(received.value).map(([id, media]) => {
				const { camera, screen } = people.get(id) ?? { camera: false, screen: false };
				return [
					id,
					{
						...media,
						cameraStream: camera ? media.cameraStream : null,
						screenStream: screen ? media.screenStream : null,
					},
				];
			}),
		);
	});
}
