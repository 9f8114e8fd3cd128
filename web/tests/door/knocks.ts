/** People at the door, for tests. */
import type { Knocker, KnockerGone } from "../../src/protocol/generated";

export function knocker(id: string, change: Partial<Knocker> = {}): Knocker {
	return {
		id,
		kind: "room",
		door: "kitchen",
		name: `Name of ${id}`,
		message: "",
		hasStill: false,
		knockedAt: 1_000,
		signedIn: false,
		known: null,
		invited: "",
		askedToWait: false,
		away: false,
		mayAlways: true,
		signKey: null,
		...change,
	};
}

export function gone(id: string, change: Partial<KnockerGone> = {}): KnockerGone {
	return { id, why: "admitted", by: "", ...change };
}
