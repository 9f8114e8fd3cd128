/** Sharing the screen, with its sound where the browser gives it. */
import type { DeviceTrouble } from "../../state/media";
import { SCREEN_CONSTRAINTS } from "./constraints";
import { screenTroubleOf } from "./troubles";

export interface ScreenOptions {
	readonly mediaDevices: Pick<MediaDevices, "getDisplayMedia"> | undefined;
	changed(): void;
}

export class Screen {
	starting = false;
	trouble: DeviceTrouble | null = null;
	stream: MediaStream | null = null;
	readonly possible: boolean;
	readonly #options: ScreenOptions;
	#wish = 0;

	constructor(options: ScreenOptions) {
		this.#options = options;
		// Phones have mediaDevices without it.
		this.possible = typeof options.mediaDevices?.getDisplayMedia === "function";
	}

	get picture(): MediaStreamTrack | null {
		return this.stream?.getVideoTracks()[0] ?? null;
	}

	get sound(): MediaStreamTrack | null {
		return this.stream?.getAudioTracks()[0] ?? null;
	}

	async set(on: boolean): Promise<void> {
		if (!on) this.#stop();
		else if (this.stream === null && !this.starting) await this.#start();
	}

	async #start(): Promise<void> {
		const { mediaDevices } = this.#options;
		if (!this.possible || mediaDevices === undefined) return;
		const wish = ++this.#wish;
		this.starting = true;
		this.trouble = null;
		this.#options.changed();
		try {
			const stream = await mediaDevices.getDisplayMedia(SCREEN_CONSTRAINTS);
			if (wish === this.#wish) this.#use(stream);
			else stopAll(stream);
		} catch (error) {
			if (wish !== this.#wish) return;
			this.starting = false;
			this.trouble = screenTroubleOf(error);
			this.#options.changed();
		}
	}

	#use(stream: MediaStream): void {
		this.starting = false;
		this.stream = stream;
		for (const track of stream.getVideoTracks()) {
			// Text stays sharp; frames may come later.
			track.contentHint = "detail";
			// The browser's own bar has a button to stop.
			track.onended = () => this.#stop();
		}
		for (const track of stream.getAudioTracks()) track.contentHint = "music";
		this.#options.changed();
	}

	#stop(): void {
		this.#wish += 1;
		this.starting = false;
		this.trouble = null;
		if (this.stream) stopAll(this.stream);
		this.stream = null;
		this.#options.changed();
	}
}

function stopAll(stream: MediaStream): void {
	for (const track of stream.getTracks()) {
		track.onended = null;
		track.stop();
	}
}
