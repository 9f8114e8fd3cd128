/** Who speaks: from levels, and slow enough that a cough does not move the picture. */

/** Above this one speaks. */
const SPEAKING = 0.3;
/** Somebody else has to be louder for this long to take over, in milliseconds. */
const TAKE_OVER_MS = 600;
/** How much of the past a level keeps, per measurement. */
const SMOOTHING = 0.6;

export class ActiveSpeaker {
	/** Who speaks, or spoke last. */
	current: string | null = null;
	#smooth: ReadonlyMap<string, number> = new Map();
	#rival: { readonly name: string; readonly since: number } | null = null;

	/** `now` in milliseconds. */
	observe(levels: Readonly<Record<string, number>>, now: number): string | null {
		this.#smooth = new Map(
			Object.entries(levels).map(([name, level]) => [
				name,
				Math.max(level * (1 - SMOOTHING), 0) + (this.#smooth.get(name) ?? 0) * SMOOTHING,
			]),
		);
		const loudest = this.#loudest();
		if (loudest === null || loudest === this.current) this.#rival = null;
		else if (this.current === null || !this.#smooth.has(this.current)) this.#turnTo(loudest);
		else if (this.#rival?.name !== loudest) this.#rival = { name: loudest, since: now };
		else if (now - this.#rival.since >= TAKE_OVER_MS) this.#turnTo(loudest);
		return this.current;
	}

	/** The participant left. */
	forget(name: string): void {
		if (this.current === name) this.current = null;
	}

	#turnTo(name: string): void {
		this.current = name;
		this.#rival = null;
	}

	#loudest(): string | null {
		let best: string | null = null;
		let most = SPEAKING;
		for (const [name, level] of this.#smooth) {
			if (level >= most) {
				best = name;
				most = level;
			}
		}
		return best;
	}
}
