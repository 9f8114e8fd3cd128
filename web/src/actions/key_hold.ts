/**
 * After a restart of the server the key in use stays for those who come back: they know no other yet. Not
 * for ever, though: whoever was removed meanwhile knows it too, and the server alone says who comes back.
 */
import type { Clock, Timer } from "../core/clock";
import { Patience } from "./patience";

/** A page that is back presents its keys as soon as it is welcomed; a slow one on a slow line within this. */
const KEYS_WITHIN_MS = 10_000;
/** For one restart or many: those who are missing have 30 s (room_page.ts), the last of them these 10 s more. */
const MOST_MS = 40_000;

export class KeyHold {
	readonly #clock: Clock;
	readonly #over: () => void;
	readonly #late: Patience;
	#end: Timer | null = null;
	#isOver = false;
	#lasts = false;

	/** `givenUp`: these are back and present no keys. `over`: nobody is waited for any more. */
	constructor(clock: Clock, givenUp: (late: ReadonlySet<string>) => void, over: () => void) {
		this.#clock = clock;
		this.#over = over;
		this.#late = new Patience(clock, KEYS_WITHIN_MS, (found) => {
			if (found.size > 0) givenUp(found);
		});
	}

	/** The key in use stays for somebody. */
	get lasts(): boolean {
		return this.#lasts;
	}

	/** `missing`: not back yet; `late`: back without keys. Returns for whom the key in use stays. */
	expected(missing: readonly string[], late: readonly string[]): readonly string[] {
		this.#late.follow(late);
		const all = [...missing, ...late];
		if (all.length > 0) this.#begin();
		this.#lasts = all.length > 0 && !this.#isOver;
		return this.#lasts ? all : [];
	}

	/** Another key is in use: the next restart has its own time. */
	used(): void {
		this.#end?.cancel();
		this.#end = null;
		this.#isOver = false;
	}

	stop(): void {
		this.#late.follow([]);
		this.#lasts = false;
		this.used();
	}

	#begin(): void {
		this.#end ??= this.#clock.after(MOST_MS, () => {
			this.#isOver = true;
			this.#lasts = false;
			this.#over();
		});
	}
}
