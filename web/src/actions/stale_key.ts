/**
 * What is sealed with a key that was made for other people than there are ends, however the server keeps the
 * next key back: whoever was removed meanwhile knows this one.
 */
import type { Clock, Timer } from "../core/clock";

/** The next key is used 3 s after it was made (rotation.ts), half a second after it was due; and a way there and back. */
const MOST_MS = 5_000;

export class StaleKey {
	readonly #clock: Clock;
	readonly #tooLong: () => void;
	#timer: Timer | null = null;

	/** `tooLong`: nothing is to be sealed until another key is used. */
	constructor(clock: Clock, tooLong: () => void) {
		this.#clock = clock;
		this.#tooLong = tooLong;
	}

	/** How it is now. Its time goes on for as long as it stays stale, also through other meetings. */
	follow(isStale: boolean): void {
		if (isStale) this.#timer ??= this.#clock.after(MOST_MS, this.#tooLong);
		else this.stop();
	}

	stop(): void {
		this.#timer?.cancel();
		this.#timer = null;
	}
}
