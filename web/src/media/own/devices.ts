/** All devices of this browser: what is there, what is in use, and what goes wrong with it. */
import type { Device, DeviceKind, OwnDevice, OwnMedia } from "../../state/media";
import type { Tracks } from "../slots";
import { Capture } from "./capture";
import { DEVICE_KINDS, type InputKind } from "./constraints";
import { Screen } from "./screen";
import { troubleOf } from "./troubles";

/** What was chosen the last time, or before joining. */
export interface DeviceChoices {
	readonly microphone: string | null;
	readonly camera: string | null;
	readonly speaker: string | null;
	readonly microphoneOn: boolean;
	readonly cameraOn: boolean;
	readonly noiseSuppression: boolean;
}

export interface DevicesOptions {
	readonly mediaDevices: MediaDevices | undefined;
	readonly permissions: Permissions | undefined;
	readonly secure: boolean;
	readonly choices: DeviceChoices;
	/** Whether the browser lets the page choose a loudspeaker. */
	readonly speakersPossible: boolean;
	readonly makeStream: (track: MediaStreamTrack) => MediaStream;
	changed(): void;
}

export class Devices {
	readonly #options: DevicesOptions;
	readonly #inputs: Readonly<Record<InputKind, Capture>>;
	readonly #screen: Screen;
	#speaker: string | null;
	#noiseSuppression: boolean;
	#known: readonly MediaDeviceInfo[] = [];
	#cameraStream: MediaStream | null = null;
	/** Rises with every opening and closing; what an older opening brings comes too late. */
	#opening = 0;

	constructor(options: DevicesOptions) {
		this.#options = options;
		const { mediaDevices, secure, choices } = options;
		const capture = (kind: InputKind, wanted: boolean) =>
			new Capture({
				kind,
				mediaDevices,
				secure,
				wanted,
				chosen: choices[kind],
				noiseSuppression: choices.noiseSuppression,
				changed: () => options.changed(),
			});
		this.#inputs = {
			microphone: capture("microphone", choices.microphoneOn),
			camera: capture("camera", choices.cameraOn),
		};
		this.#screen = new Screen({ mediaDevices, changed: () => options.changed() });
		this.#speaker = choices.speaker;
		this.#noiseSuppression = choices.noiseSuppression;
		mediaDevices?.addEventListener("devicechange", () => void this.#devicesChanged());
	}

	/** Asks for what is wanted and not there yet, for both kinds at once: one question to the person. */
	async open(): Promise<void> {
		const opening = ++this.#opening;
		const lacking = (["microphone", "camera"] as const).filter(
			(kind) => this.#inputs[kind].wanted && this.#inputs[kind].sending === null,
		);
		if (lacking.length === 2 && this.#options.mediaDevices) {
			await this.#openBoth(this.#options.mediaDevices, opening);
		} else {
			for (const kind of lacking) await this.#inputs[kind].set(true);
		}
		await this.#look();
	}

	async set(kind: InputKind, on: boolean): Promise<void> {
		await this.#inputs[kind].set(on);
		if (on) await this.#look();
	}

	setScreen(on: boolean): Promise<void> {
		return this.#screen.set(on);
	}

	async choose(kind: DeviceKind, id: string): Promise<void> {
		if (kind === "speaker") {
			this.#speaker = id;
			this.#options.changed();
			return;
		}
		await this.#inputs[kind].choose(id);
	}

	async setNoiseSuppression(on: boolean): Promise<void> {
		this.#noiseSuppression = on;
		this.#options.changed();
		await this.#inputs.microphone.setNoiseSuppression(on);
	}

	/** What is sent to others now. */
	get tracks(): Tracks {
		return {
			microphone: this.#inputs.microphone.sending,
			camera: this.#inputs.camera.sending,
			screen: this.#screen.picture,
			screenSound: this.#screen.sound,
		};
	}

	get choices(): DeviceChoices {
		const { microphone, camera } = this.#inputs;
		return {
			microphone: microphone.chosen,
			camera: camera.chosen,
			speaker: this.#speaker,
			microphoneOn: microphone.wanted,
			cameraOn: camera.wanted,
			noiseSuppression: this.#noiseSuppression,
		};
	}

	/** Everything as plain values for views. */
	get own(): OwnMedia {
		return {
			microphone: this.#ownDevice("microphone"),
			camera: this.#ownDevice("camera"),
			screen: {
				on: this.#screen.stream !== null,
				starting: this.#screen.starting,
				trouble: this.#screen.trouble,
				possible: this.#screen.possible,
			},
			speakers: this.#options.speakersPossible ? this.#list("speaker") : [],
			speaker: this.#speaker,
			cameraStream: this.#preview(),
			screenStream: this.#screen.stream,
			noiseSuppression: this.#noiseSuppression,
		};
	}

	/** Lets everything go: no light stays on after leaving. */
	close(): void {
		this.#opening += 1;
		this.#inputs.microphone.close();
		this.#inputs.camera.close();
		void this.#screen.set(false);
	}

	async #openBoth(mediaDevices: MediaDevices, opening: number): Promise<void> {
		const { microphone, camera } = this.#inputs;
		microphone.expect();
		camera.expect();
		try {
			const stream = await mediaDevices.getUserMedia({
				...microphone.constraints,
				...camera.constraints,
			});
			if (opening !== this.#opening) {
				for (const track of stream.getTracks()) track.stop();
				return;
			}
			this.#adopt("microphone", stream.getAudioTracks()[0]);
			this.#adopt("camera", stream.getVideoTracks()[0]);
		} catch (error) {
			await this.#openApart(troubleOf(error) === "refused", opening);
		}
	}

	/** The person may have changed their mind while the browser asked. */
	#adopt(kind: InputKind, track: MediaStreamTrack | undefined): void {
		if (track === undefined) this.#inputs[kind].fail("missing");
		else if (this.#inputs[kind].wanted) this.#inputs[kind].adopt(track);
		else track.stop();
	}

	/** Both at once failed. One of them may still work, and each has its own trouble. */
	async #openApart(refused: boolean, opening: number): Promise<void> {
		for (const kind of ["microphone", "camera"] as const) {
			// Whoever just refused is not asked again, unless the refusal was for the other kind.
			const mayAsk = !refused || (await this.#mayAsk(kind));
			if (opening !== this.#opening) return;
			if (!mayAsk) this.#inputs[kind].fail("refused");
			else await this.#inputs[kind].set(this.#inputs[kind].wanted);
		}
	}

	/** The browser already allows this kind. */
	async #mayAsk(kind: InputKind): Promise<boolean> {
		try {
			const status = await this.#options.permissions?.query({ name: kind });
			return status?.state === "granted";
		} catch {
			return false;
		}
	}

	async #devicesChanged(): Promise<void> {
		await this.#look();
		this.#inputs.microphone.devicesChanged();
		this.#inputs.camera.devicesChanged();
	}

	async #look(): Promise<void> {
		try {
			this.#known = (await this.#options.mediaDevices?.enumerateDevices()) ?? [];
		} catch {
			this.#known = [];
		}
		this.#options.changed();
	}

	#ownDevice(kind: InputKind): OwnDevice {
		const { wanted, starting, trouble, chosen, sending } = this.#inputs[kind];
		return { wanted, starting, trouble, chosen, on: sending !== null, devices: this.#list(kind) };
	}

	/** Before permission was given browsers list one nameless device per kind: not one to choose. */
	#list(kind: DeviceKind): readonly Device[] {
		return this.#known
			.filter((device) => device.kind === DEVICE_KINDS[kind] && device.deviceId !== "")
			.filter((device) => device.deviceId !== "communications")
			.map((device) => ({ id: device.deviceId, label: device.label }));
	}

	/** The same stream for the same track, so that a preview does not start anew. */
	#preview(): MediaStream | null {
		const track = this.#inputs.camera.sending;
		if (track === null) this.#cameraStream = null;
		else if (this.#cameraStream?.getVideoTracks()[0] !== track) {
			this.#cameraStream = this.#options.makeStream(track);
		}
		return this.#cameraStream;
	}
}
