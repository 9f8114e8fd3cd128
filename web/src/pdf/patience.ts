/**
 * How long a step of reading a PDF may take. Nothing is painted in a page that nobody sees, and a slow line is
 * no fault of the file: neither of them uses the patience up.
 */
import type { Clock, Timer } from "../core/clock";

/** Milliseconds for one step: opening, measuring, painting. */
export const PATIENCE_MS = 10_000;

/** The document of this browser, as far as it says whether it is seen. */
export type Seen = Pick<Document, "hidden" | "addEventListener" | "removeEventListener">;

interface Step {
	timer: Timer | null;
	readonly late: () => void;
}

export class Patience {
	readonly #clock: Clock;
	readonly #page: Seen;
	readonly #steps = new Set<Step>();

	constructor(clock: Clock, page: Seen) {
		this.#clock = clock;
		this.#page = page;
		page.addEventListener("visibilitychange", this.begin);
	}

	/** All of it anew, for each step: bytes arrived, or the page is seen again. */
	readonly begin = (): void => {
		for (const step of this.#steps) this.#arm(step);
	};

	/** The answer; `tooLate()` where it takes too long. Rejects as the answer does. */
	within<T, L>(answer: Promise<T>, tooLate: () => L): Promise<T | L> {
		return new Promise((resolve, reject) => {
			const step: Step = { timer: null, late: () => resolve(tooLate()) };
			this.#steps.add(step);
			this.#arm(step);
			void answer.then(resolve, reject).finally(() => {
				this.#steps.delete(step);
				step.timer?.cancel();
			});
		});
	}

	end(): void {
		this.#page.removeEventListener("visibilitychange", this.begin);
	}

	#arm(step: Step): void {
		step.timer?.cancel();
		step.timer = this.#page.hidden ? null : this.#clock.after(PATIENCE_MS, step.late);
	}
}

/** Resolves once the page is seen, or nobody waits any more. */
export function whenSeen(page: Seen, stopped: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const look = () => {
			if (page.hidden && !stopped.aborted) return;
			page.removeEventListener("visibilitychange", look);
			stopped.removeEventListener("abort", look);
			resolve();
		};
		page.addEventListener("visibilitychange", look);
		stopped.addEventListener("abort", look);
		look();
	});
}
