/** The newest key of each other member, and for which people they made it. */
import type { Clock } from "../core/clock";
import { type Bytes, sameBytes } from "./bytes";
import type { Entry } from "./roster";

/** A key that was wrapped for the people of a moment ago is still taken: its sender is about to hear. */
const ROSTER_LATE_MS = 2_000;
const MOST_EPOCH = 0xffff_ffff;

type Whose = Pick<Entry, "participant" | "leaf" | "signKey">;

interface Theirs {
	readonly epoch: number;
	readonly baseKey: Bytes;
	readonly rosterHash: string;
}

export class TheirKeys {
	readonly #clock: Clock;
	readonly #keys = new Map<string, Theirs>();
	/**
	 * By whom the wrapped keys are bound to: the newest number of somebody who went. What was used with it must
	 * not be again. The same page with another seat or leaf counts anew: nothing old of it verifies there.
	 */
	readonly #spent = new Map<string, number>();
	/** Who has made a key for other people than there are here. */
	readonly #apart = new Set<string>();
	/** Rosters of a moment ago, and until when keys for them are taken. */
	readonly #late = new Map<string, number>();
	#roster = "";

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** The people are others from now on. */
	changeRoster(hash: string): void {
		const now = this.#clock.now();
		for (const [late, until] of this.#late) if (until <= now) this.#late.delete(late);
		this.#late.set(this.#roster, now + ROSTER_LATE_MS);
		this.#roster = hash;
	}

	forget(whose: Whose): void {
		const { participant } = whose;
		const spent = this.#keys.get(participant)?.epoch;
		if (spent !== undefined) this.#spent.set(boundTo(whose), spent);
		this.#keys.delete(participant);
		this.#apart.delete(participant);
	}

	/** Their key is here, and for the people that there are. */
	isHeard(participant: string): boolean {
		const known = this.#keys.get(participant);
		return known?.rosterHash === this.#roster && !this.#apart.has(participant);
	}

	/**
	 * Whether a key with that number can be one that is not known; it may also come again. Not of somebody
	 * who went and is back with the same keys and leaf, who has newer ones then: which of their frames were seen is
	 * forgotten, and a server that says that they went and came could play all of them again.
	 */
	isNews(whose: Whose, epoch: number): boolean {
		if (!Number.isInteger(epoch) || epoch < 0 || epoch > MOST_EPOCH) return false;
		if (epoch <= (this.#spent.get(boundTo(whose)) ?? -1)) return false;
		return epoch >= (this.#keys.get(whose.participant)?.epoch ?? 0);
	}

	/** Takes a key that is theirs without doubt. False: it is not to be used. */
	take(participant: string, theirs: Theirs): boolean {
		const known = this.#keys.get(participant);
		if (known?.epoch === theirs.epoch && !sameBytes(known.baseKey, theirs.baseKey)) return false;
		if (!this.#isTimely(theirs.rosterHash)) {
			if (known?.epoch !== theirs.epoch) this.#apart.add(participant);
			return false;
		}
		this.#apart.delete(participant);
		this.#keys.set(participant, theirs);
		return true;
	}

	#isTimely(hash: string): boolean {
		return hash === this.#roster || (this.#late.get(hash) ?? 0) > this.#clock.now();
	}
}

function boundTo({ participant, leaf, signKey }: Whose): string {
	return `${participant} ${leaf} ${signKey}`;
}
