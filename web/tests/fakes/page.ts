/** A RoomPage without a machine behind it: state is what a test sets, actions are written down. */
import { type Signal, signal } from "@preact/signals";
import type { Actions, Preferences, RoomPage } from "../../src/actions/actions";
import type { Writer } from "../../src/actions/typing";
import type { Refusal } from "../../src/protocol/generated";
import { HALL } from "../../src/state/door";
import { type Encryption, NOTHING_ENCRYPTED } from "../../src/state/encryption";
import type { OwnDevice, OwnMedia, RemoteMedia } from "../../src/state/media";
import type { Stage } from "../../src/state/model";
import type { Notes } from "../../src/state/notes";
import type { Uploads } from "../../src/state/uploads";

type Writable<State> = {
	[Key in keyof State]: State[Key] extends { readonly value: infer Value }
		? Signal<Value>
		: State[Key];
};

interface FakePage extends RoomPage {
	readonly state: Writable<RoomPage["state"]> & RoomPage["state"];
	/** Every action that was called, oldest first, with its arguments. */
	readonly calls: (readonly [keyof Actions, ...unknown[]])[];
}

export const preferences: Preferences = {
	name: "Ada Lovelace",
	theme: "system",
	language: "en",
	layout: "grid",
	mirror: true,
	sounds: false,
	panels: { people: true, content: true, chat: true },
	chatWidth: 340,
	knownByDevice: true,
};

export function device(change: Partial<OwnDevice> = {}): OwnDevice {
	const devices = [
		{ id: "one", label: "Built-in device" },
		{ id: "two", label: "Desk device with a rather long name (046d:0825)" },
	];
	return {
		wanted: true,
		on: true,
		starting: false,
		trouble: null,
		devices,
		chosen: "one",
		...change,
	};
}

function ownMedia(change: Partial<OwnMedia> = {}): OwnMedia {
	return {
		microphone: device(),
		camera: device(),
		screen: { on: false, starting: false, trouble: null, possible: true },
		speakers: [{ id: "default", label: "Loudspeakers" }],
		speaker: null,
		cameraStream: null,
		screenStream: null,
		noiseSuppression: true,
		...change,
	};
}

export function remoteMedia(change: Partial<RemoteMedia> = {}): RemoteMedia {
	return {
		state: "connected",
		path: "direct",
		why: "",
		refusal: null,
		cameraStream: null,
		screenStream: null,
		microphoneStream: null,
		screenSoundStream: null,
		quality: "good",
		roundTripMs: 20,
		loss: 0,
		bitrate: 900_000,
		height: 720,
		...change,
	};
}

export function fakePage(roomName = "kitchen-table"): FakePage {
	const state: FakePage["state"] = {
		roomName,
		kind: "room",
		waysOn: { claim: "", settings: "", reset: "", delete: "", support: "" },
		dataPath: null,
		relay: "when needed",
		knockWords: signal({ message: "", still: null }),
		stage: signal<Stage>(HALL),
		own: signal(ownMedia()),
		remote: signal<Readonly<Record<string, RemoteMedia>>>({}),
		unsent: signal<Refusal | null>(null),
		levels: signal<Readonly<Record<string, number>>>({}),
		activeSpeaker: signal<string | null>(null),
		preferences: signal(preferences),
		notes: signal<Notes>([]),
		atDoor: signal(0),
		uploads: signal<Uploads>([]),
		removing: signal<ReadonlySet<string>>(new Set()),
		encryption: signal<Encryption>(NOTHING_ENCRYPTED),
		writers: signal<readonly Writer[]>([]),
		isYou: (participant) => participant === "p0",
		hasDeviceKey: true,
		signKey: null,
	};
	const calls: FakePage["calls"] = [];
	const actions = new Proxy({} as Actions, {
		get:
			(_, name) =>
			(...given: unknown[]) => {
				calls.push([name as keyof Actions, ...given]);
				if (name === "prefer") {
					state.preferences.value = { ...state.preferences.value, ...(given[0] as object) };
				}
				if (name === "asHost") return Promise.resolve(true);
				return name === "openDevices" ? Promise.resolve() : undefined;
			},
	});
	return { state, actions, calls };
}
