/** When a page makes another key of its own, and how long it waits for the others before it is used. */
import type { Clock, Timer } from "../core/clock";
import type { Epoch } from "./epochs";
import { BASE_KEY_BYTES } from "./sframe";

/** Between two keys of one's own: whoever comes or leaves meanwhile shares the next one. */
const ROTATE_EVERY_MS = 500;
/** After somebody left: then a key is used though not everybody has proved that they have it. */
const USE_AFTER_MS = 1_000;
/**
 * After others only came. The key in use stays with whom it was made for, so there is time for a busy page,
 * which would miss every frame until it has the new one.
 */
const USE_AFTER_ARRIVALS_MS = 3_000;

export class Rotation {
	readonly #clock: Clock;
	readonly #due: () => void;
	readonly #ripe: () => void;
	/** Somebody has the newest key who is not here any more. */
	#someoneLeft = false;
	#began = Number.NEGATIVE_INFINITY;
	#timer: Timer | null = null;

	/** `due`: it is time for another key. `ripe`: for one that not everybody has proved. */
	constructor(clock: Clock, due: () => void, ripe: () => void) {
		this.#clock = clock;
		this.#due = due;
		this.#ripe = ripe;
	}

	someoneLeft(): void {
		this.#someoneLeft = true;
	}

	/** Another key is needed. True: now; else `due` says when. */
	isDue(): boolean {
		if (this.#timer !== null) return false;
		const wait = this.#began + ROTATE_EVERY_MS - this.#clock.now();
		if (wait <= 0) return true;
		this.#timer = this.#clock.after(wait, () => {
			this.#timer = null;
			this.#due();
		});
		return false;
	}

	begin(number: number, rosterHash: string, recipients: ReadonlySet<string>): Epoch {
		this.#began = this.#clock.now();
		const patience = this.#someoneLeft ? USE_AFTER_MS : USE_AFTER_ARRIVALS_MS;
		this.#someoneLeft = false;
		const epoch: Epoch = {
			number,
			baseKey: crypto.getRandomValues(new Uint8Array(BASE_KEY_BYTES)),
			rosterHash,
			recipients,
			waiting: new Set(recipients),
			proven: new Set(),
			timer: this.#clock.after(patience, () => {
				epoch.ripe = true;
				this.#ripe();
			}),
			ripe: recipients.size === 0,
		};
		return epoch;
	}

	stop(): void {
		this.#timer?.cancel();
	}
}
