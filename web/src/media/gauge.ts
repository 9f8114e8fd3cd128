/**
 * One participant's media over one path, look by look: whether it has arrived, and how well it does.
 * Before it arrived looks are frequent, so that nobody waits for the path longer than they have to.
 */
import { type Counters, type Measured, measure, UNMEASURED } from "./quality";

/** What a participant says to send, and this page shows. */
export interface Expected {
	readonly sound: boolean;
	readonly picture: boolean;
}

/** Between looks while something is awaited, and after that. */
export const SOON_MS = 200;
export const LATER_MS = 1_000;
/** Between measurements. */
const MEASURE_MS = 2_000;
/** After that, whatever comes is enough: a picture may be too much for this network. */
const PATIENCE_MS = 3_000;

interface Look {
	readonly counters: Counters;
	readonly at: number;
}

export class Gauge {
	/** Media of theirs came over this path, as far as there is any. */
	arrived = false;
	measured: Measured = UNMEASURED;
	/** Packets came between the last two looks. */
	heard = false;
	/** Milliseconds without a packet, as of the last look. */
	silence = 0;
	#received: number | null = null;
	#listenedAt = 0;
	#heardAt: number | null = null;
	#first: Look | null = null;
	#last: Look | null = null;

	/** The path was lost: what arrives has to arrive anew. */
	restart(): void {
		this.arrived = false;
		this.measured = UNMEASURED;
		this.heard = false;
		this.silence = 0;
		this.#heardAt = null;
		this.#first = null;
		this.#last = null;
	}

	/** A look, while the connection works; `now` in milliseconds. True when it was time to measure. */
	observe(counters: Counters, expected: Expected, now: number): boolean {
		this.#first ??= { counters, at: now };
		this.arrived ||= arrives(this.#first, { counters, at: now }, expected);
		this.#listen(counters, now);
		const last = this.#last;
		if (last !== null && now - last.at < MEASURE_MS * 0.9) return false;
		this.#last = { counters, at: now };
		if (last === null) return false;
		this.measured = measure(last.counters, counters, now - last.at);
		return true;
	}

	#listen({ received, quietMs }: Counters, now: number): void {
		this.heard = this.#received !== null && received > this.#received;
		this.#received = received;
		this.#heardAt ??= now;
		// What came since the last look came after it, whatever a browser says.
		if (this.heard) this.#heardAt = Math.max(this.#listenedAt, now - (quietMs ?? 0));
		this.#listenedAt = now;
		this.silence = now - this.#heardAt;
	}
}

function arrives(first: Look, { counters, at }: Look, expected: Expected): boolean {
	const patient = at - first.at < PATIENCE_MS;
	if (expected.picture && patient) return counters.frames > first.counters.frames;
	if (counters.received > first.counters.received) return true;
	// Silence is not sent on, nor are pictures that nobody looks at: the connection itself has to do.
	return !expected.picture && (!expected.sound || !patient);
}
