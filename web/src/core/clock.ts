/** Time and timers as a thing that is passed in, so that rules about time are tested without waiting. */

export interface Timer {
	cancel(): void;
}

export interface Clock {
	/** Milliseconds since the Unix epoch. */
	now(): number;
	/** Runs once, after `ms` milliseconds. */
	after(ms: number, run: () => void): Timer;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	after(ms, run) {
		const handle = setTimeout(run, ms);
		return { cancel: () => clearTimeout(handle) };
	},
};
