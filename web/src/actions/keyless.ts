/** Who is in the meeting for a while without keys: most likely their browser cannot encrypt. */
import type { Clock, Timer } from "../core/clock";

/** A page presents its keys as soon as it is welcomed; a slow one on a slow line within this. */
const PATIENCE_MS = 5_000;

export class Keyless {
	readonly #clock: Clock;
	readonly #changed: (found: ReadonlySet<string>) => void;
	readonly #waiting = new Map<string, Timer>();
	#found: ReadonlySet<string> = new Set();

	/** `changed`: hears all who were found, each time somebody is or is not any more. */
	constructor(clock: Clock, changed: (found: ReadonlySet<string>) => void) {
		this.#clock = clock;
		this.#changed = changed;
	}

	/** These participants have no keys now. */
	follow(without: readonly string[]): void {
		for (const [id, timer] of this.#waiting) {
			if (without.includes(id)) continue;
			timer.cancel();
			this.#waiting.delete(id);
		}
		const still = [...this.#found].filter((id) => without.includes(id));
		if (still.length < this.#found.size) this.#find(still);
		for (const id of without) if (!this.#waiting.has(id) && !this.#found.has(id)) this.#wait(id);
	}

	#wait(id: string): void {
		const timer = this.#clock.after(PATIENCE_MS, () => {
			this.#waiting.delete(id);
			this.#find([...this.#found, id]);
		});
		this.#waiting.set(id, timer);
	}

	#find(ids: readonly string[]): void {
		this.#found = new Set(ids);
		this.#changed(this.#found);
	}
}
