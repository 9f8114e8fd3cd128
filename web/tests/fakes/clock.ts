/** Time that moves only when a test says so. */
import type { Clock, Timer } from "../../src/core/clock";

interface Due {
	readonly at: number;
	readonly run: () => void;
}

export class FakeClock implements Clock {
	#now = 1_000_000;
	readonly #timers = new Set<Due>();

	now(): number {
		return this.#now;
	}

	after(ms: number, run: () => void): Timer {
		const due = { at: this.#now + ms, run };
		this.#timers.add(due);
		return { cancel: () => void this.#timers.delete(due) };
	}

	get waiting(): number {
		return this.#timers.size;
	}

	/** Runs what is due on the way, in order, and lets promises settle in between. */
	async advance(ms: number): Promise<void> {
		const end = this.#now + ms;
		for (let next = this.#next(end); next; next = this.#next(end)) {
			this.#timers.delete(next);
			this.#now = next.at;
			next.run();
			await settle();
		}
		this.#now = end;
		await settle();
	}

	#next(end: number): Due | undefined {
		return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
	}
}

/** Lets everything that only waits for promises happen. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}
