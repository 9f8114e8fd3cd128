/** Asks for keys that did not come, ever more rarely; and keeps answers to others rare. */
import type { Clock, Timer } from "../core/clock";

/** A key that has not come by then is asked for; again after twice the time, and so on. */
const ASK_AFTER_MS = 2_000;
const ASK_AT_MOST_MS = 16_000;
/** Between two answers to one member. */
const ANSWER_EVERY_MS = 1_000;

export class Questions {
	readonly #clock: Clock;
	readonly #due: () => void;
	readonly #answered = new Map<string, number>();
	#wait = ASK_AFTER_MS;
	#timer: Timer | null = null;

	/** `due`: it is time to ask, and to say `again` if there is somebody to ask. */
	constructor(clock: Clock, due: () => void) {
		this.#clock = clock;
		this.#due = due;
	}

	/** Everybody is about to send keys. */
	start(): void {
		this.#wait = ASK_AFTER_MS;
		this.again();
	}

	/** There is somebody to ask, and perhaps nothing under way yet. */
	wake(): void {
		if (this.#timer === null) this.start();
	}

	again(): void {
		this.stop();
		this.#timer = this.#clock.after(this.#wait, () => {
			this.#timer = null;
			this.#due();
		});
		this.#wait = Math.min(this.#wait * 2, ASK_AT_MOST_MS);
	}

	stop(): void {
		this.#timer?.cancel();
		this.#timer = null;
	}

	mayAnswer(participant: string): boolean {
		const now = this.#clock.now();
		const before = this.#answered.get(participant) ?? Number.NEGATIVE_INFINITY;
		if (now - before < ANSWER_EVERY_MS) return false;
		this.#answered.set(participant, now);
		return true;
	}

	forget(participant: string): void {
		this.#answered.delete(participant);
	}
}
