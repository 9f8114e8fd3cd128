/** When to try again: pure rules, no timers. */
import type { Refusal } from "../protocol/generated";

const FIRST_MS = 250;
export const LONGEST_RETRY_MS = 5_000;

/**
 * How long to wait before try number `attempt` (from 1), in milliseconds. `random` is in [0, 1); it
 * spreads the pages of a server that restarted over a quarter to either side.
 */
export function retryDelay(attempt: number, random: number): number {
	const doubled = FIRST_MS * 2 ** Math.max(0, Math.min(attempt, 30) - 1);
	return Math.min(LONGEST_RETRY_MS, doubled) * (0.75 + random / 2);
}

/** Tries to join before the hall says that the server cannot be reached. */
export const FIRST_JOIN_TRIES = 3;

/**
 * What to do when Join was refused: try the same again, join as somebody new, or give up and let the
 * person read why.
 */
export type NextStep =
	| { readonly step: "again"; readonly afterMs: number | null }
	| { readonly step: "anew" }
	| { readonly step: "give up" };

export function afterRefusedJoin(refusal: Refusal, wasIn: boolean): NextStep {
	if (refusal.code === "WayBackInvalid") return { step: "anew" };
	// In the hall the person reads the reason and presses Join again.
	if (!wasIn) return { step: "give up" };
	switch (refusal.code) {
		case "TooFast":
			return { step: "again", afterMs: refusal.facts.seconds * 1_000 };
		case "ServerStopping":
		case "ServerFault":
		case "StorageFull":
		case "StorageFailed":
			return { step: "again", afterMs: null };
		default:
			return { step: "give up" };
	}
}

/** What somebody brings to a door and the server may not accept any more. */
export type Stale = "way back" | "place" | "key";

export type NextLook =
	| { readonly step: "again"; readonly afterMs: number | null }
	| { readonly step: "without"; readonly without: Stale }
	| { readonly step: "give up" };

/** Looking at a door costs nothing and waits for nobody: it goes on until it makes no sense. */
export function afterRefusedLook(refusal: Refusal): NextLook {
	switch (refusal.code) {
		case "TooFast":
			return { step: "again", afterMs: refusal.facts.seconds * 1_000 };
		case "ServerStopping":
		case "ServerFault":
		case "StorageFull":
		case "StorageFailed":
			return { step: "again", afterMs: null };
		case "WayBackInvalid":
			return { step: "without", without: "way back" };
		case "KnockFirst":
		case "KnockGone":
			return { step: "without", without: "place" };
		case "InviteLinkInvalid":
			return { step: "without", without: "key" };
		default:
			return { step: "give up" };
	}
}
