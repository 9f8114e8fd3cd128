/** One input device of this browser, the microphone or the camera: on, off, another one, unplugged. */
import type { DeviceTrouble } from "../../state/media";
import { audioProcessing, type InputKind, inputConstraints } from "./constraints";
import { troubleOf } from "./troubles";

export interface CaptureOptions {
	readonly kind: InputKind;
	/** Undefined where browsers give no devices: on plain http. */
	readonly mediaDevices: Pick<MediaDevices, "getUserMedia"> | undefined;
	readonly secure: boolean;
	readonly chosen: string | null;
	readonly wanted: boolean;
	readonly noiseSuppression: boolean;
	/** Anything changed, `sending` included. */
	changed(): void;
}

export class Capture {
	wanted: boolean;
	starting = false;
	trouble: DeviceTrouble | null = null;
	chosen: string | null;
	#noiseSuppression: boolean;
	readonly #options: CaptureOptions;
	#track: MediaStreamTrack | null = null;
	/** Rises with every wish; an answer to an older one comes too late. */
	#wish = 0;

	constructor(options: CaptureOptions) {
		this.#options = options;
		this.wanted = options.wanted;
		this.chosen = options.chosen;
		this.#noiseSuppression = options.noiseSuppression;
	}

	/** The track to send and show now; null when off. */
	get sending(): MediaStreamTrack | null {
		return this.wanted ? this.#track : null;
	}

	get constraints(): MediaStreamConstraints {
		return inputConstraints(this.#options.kind, this.chosen, this.#noiseSuppression);
	}

	/**
	 * A muted microphone stays open, so that speaking again is immediate, but is silent wherever its track
	 * still goes; a camera that is off is really off, its light too.
	 */
	async set(on: boolean): Promise<void> {
		this.wanted = on;
		if (this.#track !== null) this.#track.enabled = on;
		if (on && this.#track === null) return this.#open(this.chosen);
		if (!on) {
			this.#wish += 1;
			this.starting = false;
			this.trouble = null;
			if (this.#options.kind === "camera") this.#release();
		}
		this.#options.changed();
	}

	async choose(id: string): Promise<void> {
		this.chosen = id;
		if (this.#track === null && !this.wanted) {
			this.#options.changed();
			return;
		}
		await this.#open(id);
	}

	/** True when the microphone in use does it; it may have to be opened again. */
	async setNoiseSuppression(on: boolean): Promise<void> {
		this.#noiseSuppression = on;
		const track = this.#track;
		if (track === null) return;
		await track.applyConstraints(audioProcessing(on)).catch(() => undefined);
		// Chromium does not change a running microphone, and says so only in its settings.
		if (track.getSettings().noiseSuppression !== on && track === this.#track) {
			await this.#open(this.chosen);
		}
	}

	/** Takes a track over that was asked for together with the other kind's. */
	adopt(track: MediaStreamTrack): void {
		this.#wish += 1;
		this.#use(track);
	}

	/** The request for both kinds is under way. */
	expect(): void {
		this.starting = true;
		this.trouble = null;
		this.#options.changed();
	}

	fail(trouble: DeviceTrouble): void {
		this.starting = false;
		this.trouble = trouble;
		this.#options.changed();
	}

	/** A device was plugged in: try again when one was missing. */
	devicesChanged(): void {
		const lacking = this.trouble === "missing" || this.trouble === "unplugged";
		if (this.wanted && this.#track === null && lacking && !this.starting) {
			void this.#open(this.chosen);
		}
	}

	close(): void {
		this.#wish += 1;
		this.starting = false;
		// Else a device that is plugged in later would be opened.
		this.trouble = null;
		this.#release();
		this.#options.changed();
	}

	/** `unplugged`: another device takes over, and the person is told why. */
	async #open(id: string | null, unplugged = false): Promise<void> {
		const { mediaDevices, secure } = this.#options;
		const wish = ++this.#wish;
		if (mediaDevices === undefined) {
			this.fail(secure ? "unknown" : "insecure");
			return;
		}
		this.expect();
		try {
			const track = await this.#ask(mediaDevices, id, wish);
			if (wish !== this.#wish) {
				track.stop();
				return;
			}
			this.#use(track);
			if (unplugged) this.fail("unplugged");
		} catch (error) {
			if (wish !== this.#wish) return;
			const trouble = troubleOf(error);
			this.fail(unplugged && trouble === "missing" ? "unplugged" : trouble);
		}
	}

	/** The device `id`; any of the kind when it is gone. */
	async #ask(
		mediaDevices: Pick<MediaDevices, "getUserMedia">,
		id: string | null,
		wish: number,
	): Promise<MediaStreamTrack> {
		const { kind } = this.#options;
		const ask = (device: string | null) =>
			firstTrack(mediaDevices, inputConstraints(kind, device, this.#noiseSuppression));
		try {
			return await ask(id);
		} catch (error) {
			if (wish !== this.#wish) throw error;
			const trouble = troubleOf(error);
			// Phones open one camera at a time: give ours back first.
			if (trouble === "busy" && this.#track !== null) {
				this.#release();
				return ask(id);
			}
			if (trouble === "missing" && id !== null) return ask(null);
			throw error;
		}
	}

	#use(track: MediaStreamTrack): void {
		this.#release();
		this.#track = track;
		track.enabled = this.wanted;
		this.starting = false;
		this.trouble = null;
		this.chosen = track.getSettings().deviceId ?? this.chosen;
		// Not fired by stop(): the device went away, or the permission.
		track.onended = () => this.#ended(track);
		this.#options.changed();
	}

	#ended(track: MediaStreamTrack): void {
		if (track !== this.#track) return;
		this.#release();
		if (this.wanted) void this.#open(null, true);
		else this.#options.changed();
	}

	#release(): void {
		if (this.#track === null) return;
		this.#track.onended = null;
		this.#track.stop();
		this.#track = null;
	}
}

async function firstTrack(
	mediaDevices: Pick<MediaDevices, "getUserMedia">,
	constraints: MediaStreamConstraints,
): Promise<MediaStreamTrack> {
	const [track] = (await mediaDevices.getUserMedia(constraints)).getTracks();
	if (track === undefined) throw new DOMException("no track", "NotFoundError");
	return track;
}
