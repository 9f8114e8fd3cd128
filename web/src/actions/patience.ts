/** Who goes without something for longer than others wait for it. */
import type { Clock, Timer } from "../core/clock";

export class Patience {
	readonly #clock: Clock;
	readonly #lasts: number;
	readonly #changed: (found: ReadonlySet<string>) => void;
	readonly #waiting = new Map<string, Timer>();
	#found: ReadonlySet<string> = new Set();

	/** `lasts`: milliseconds. `changed`: hears all who were found, each time somebody is or is not any more. */
	constructor(clock: Clock, lasts: number, changed: (found: ReadonlySet<string>) => void) {
		this.#clock = clock;
		this.#lasts = lasts;
		this.#changed = changed;
	}

	/** These go without it now. */
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
		const timer = this.#clock.after(this.#lasts, () => {
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
