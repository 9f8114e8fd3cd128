/** Whether a path that works has been bad for too long, so that another one had better be tried. */
import type { Quality } from "../state/media";

/** Measurements, of two seconds each, that count together. */
const WINDOW = 10;
/** So many of them poor: the path is no good. */
const POOR_AT_MOST = 7;
/** So many in a row not poor: it is good again. */
const GOOD_AGAIN = 5;

export class Decline {
	declined = false;
	#poor: readonly boolean[] = [];

	/** True when `declined` is another than before. Null, nothing was measured, counts neither way. */
	observe(quality: Quality | null): boolean {
		if (quality === null) return false;
		this.#poor = [...this.#poor, quality === "poor"].slice(-WINDOW);
		const before = this.declined;
		const recent = this.#poor.slice(-GOOD_AGAIN);
		if (this.#poor.filter((poor) => poor).length > POOR_AT_MOST) this.declined = true;
		else if (recent.length === GOOD_AGAIN && !recent.includes(true)) this.declined = false;
		return this.declined !== before;
	}

	/** Another path, or a path anew. */
	forget(): void {
		this.declined = false;
		this.#poor = [];
	}
}
