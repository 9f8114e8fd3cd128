/** How loud everybody is, about ten times a second, with one AudioContext for all. */
import type { Clock, Timer } from "../core/clock";

const EVERY_MS = 100;
/** Decibels (full scale) that show as silence and as full. */
const QUIET_DB = -55;
const LOUD_DB = -10;

/** Level 0..1 of samples -1..1. */
export function levelOf(samples: ArrayLike<number>): number {
	let sum = 0;
	for (let index = 0; index < samples.length; index += 1) {
		const sample = samples[index] ?? 0;
		sum += sample * sample;
	}
	if (sum === 0) return 0;
	const decibels = 10 * Math.log10(sum / samples.length);
	return Math.min(1, Math.max(0, (decibels - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

interface Meter {
	readonly track: MediaStreamTrack;
	readonly source: MediaStreamAudioSourceNode;
	readonly analyser: AnalyserNode;
}

export interface LevelsOptions {
	readonly clock: Clock;
	readonly makeContext: () => AudioContext;
	readonly makeStream: (track: MediaStreamTrack) => MediaStream;
	measured(levels: Readonly<Record<string, number>>): void;
}

export class Levels {
	readonly #options: LevelsOptions;
	readonly #meters = new Map<string, Meter>();
	readonly #samples = new Float32Array(1024);
	#context: AudioContext | null = null;
	#timer: Timer | null = null;

	constructor(options: LevelsOptions) {
		this.#options = options;
	}

	/** Measures this track under this name from now on; null stops. */
	set(name: string, track: MediaStreamTrack | null): void {
		const meter = this.#meters.get(name);
		if ((meter?.track ?? null) === track) return;
		if (meter) disconnect(meter);
		this.#meters.delete(name);
		if (track) this.#meters.set(name, this.#connect(track));
		if (this.#meters.size > 0) this.#tick();
		else this.#rest();
	}

	/** Browsers hold a context back until the person did something. */
	resume(): void {
		if (this.#context?.state === "suspended") {
			this.#context.resume().catch(() => undefined);
		}
	}

	#connect(track: MediaStreamTrack): Meter {
		this.#context ??= this.#options.makeContext();
		const source = this.#context.createMediaStreamSource(this.#options.makeStream(track));
		const analyser = this.#context.createAnalyser();
		analyser.fftSize = this.#samples.length;
		source.connect(analyser);
		return { track, source, analyser };
	}

	#tick(): void {
		this.#timer ??= this.#options.clock.after(EVERY_MS, () => {
			this.#timer = null;
			this.#measure();
			this.#tick();
		});
	}

	#measure(): void {
		this.resume();
		const entries = [...this.#meters].map(([name, { analyser }]) => {
			analyser.getFloatTimeDomainData(this.#samples);
			return [name, levelOf(this.#samples)] as const;
		});
		this.#options.measured(Object.fromEntries(entries));
	}

	#rest(): void {
		this.#timer?.cancel();
		this.#timer = null;
		this.#context?.close().catch(() => undefined);
		this.#context = null;
		this.#options.measured({});
	}
}

function disconnect({ source, analyser }: Meter): void {
	source.disconnect();
	analyser.disconnect();
}
