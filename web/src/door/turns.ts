/**
 * Several tabs of one host hear the same knocks; one of them rings. A turn is taken by a lock of the
 * browser and kept for a while: whoever has it does what there is to do, the others leave it alone.
 */
import type { Clock } from "../core/clock";

/** What a Turn uses of `navigator.locks`, which plain http does not have. */
export type Locks = Pick<LockManager, "request">;

interface TurnOptions {
	readonly name: string;
	/** Null where the browser has none: every tab does it then. */
	readonly locks: Locks | null;
	readonly clock: Clock;
	/** How long a turn lasts, in milliseconds: nothing is done more often than that. */
	readonly holdMs: number;
	/** Does it; false when there is nothing to do any more. */
	readonly act: () => boolean;
}

export class Turn {
	readonly #options: TurnOptions;
	#holding = false;
	#wanted = false;

	constructor(options: TurnOptions) {
		this.#options = options;
	}

	/** There is something to do: now, or at the end of the turn that this tab has already. */
	want(): void {
		this.#wanted = true;
		if (this.#holding) return;
		this.#holding = true;
		void this.#take().finally(() => {
			this.#holding = false;
			if (this.#wanted) this.want();
		});
	}

	#take(): Promise<void> {
		const { locks, name } = this.#options;
		if (!locks) return this.#hold();
		return locks.request(name, { ifAvailable: true }, (lock) => {
			if (lock) return this.#hold();
			// Another tab heard the same and does it.
			this.#wanted = false;
			return Promise.resolve();
		});
	}

	async #hold(): Promise<void> {
		const { clock, holdMs, act } = this.#options;
		while (this.#wanted) {
			this.#wanted = false;
			if (act()) await new Promise<void>((resolve) => void clock.after(holdMs, resolve));
		}
	}
}
