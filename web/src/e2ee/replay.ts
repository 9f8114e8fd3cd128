/** Which counters of one key were seen, as far back as frames can be late. */

/** Frames. */
export const REPLAY_WINDOW = 1_024n;

export class ReplayWindow {
	readonly #seen = new Uint8Array(Number(REPLAY_WINDOW));
	/** One more than the highest counter that was seen. */
	#end = 0n;

	/** Whether a frame with this counter may still be one that was not seen before. */
	accepts(ctr: bigint): boolean {
		if (ctr >= this.#end) return true;
		return !this.isPast(ctr) && this.#seen[place(ctr)] === 0;
	}

	/** Whether it is so far behind that nobody knows whether it was seen. */
	isPast(ctr: bigint): boolean {
		return ctr + REPLAY_WINDOW < this.#end;
	}

	/** Takes a frame whose tag was found right. False: another one with this counter came first. */
	mark(ctr: bigint): boolean {
		if (!this.accepts(ctr)) return false;
		this.#advance(ctr);
		this.#seen[place(ctr)] = 1;
		return true;
	}

	#advance(ctr: bigint): void {
		if (ctr < this.#end) return;
		if (ctr - this.#end >= REPLAY_WINDOW) this.#seen.fill(0);
		else for (let at = this.#end; at < ctr; at += 1n) this.#seen[place(at)] = 0;
		this.#end = ctr + 1n;
	}
}

function place(ctr: bigint): number {
	return Number(ctr % REPLAY_WINDOW);
}
