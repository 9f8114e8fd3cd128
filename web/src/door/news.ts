/** Which knocks a tab has not rung for yet. */
import type { Knocker } from "../protocol/generated";
import { recall, remember } from "./memory";

/** Whoever knocked longer ago than this before the page was opened is shown, without a sound. */
const FRESH_MS = 15_000;
const KEY = "meetd.door.rung";

/** Knocks after the last one that rang. */
export function newsOf(waiting: readonly Knocker[], rungUpTo: number): readonly Knocker[] {
	return waiting.filter(({ knockedAt }) => knockedAt > rungUpTo);
}

/**
 * Time of the last knock that rang in this tab, in milliseconds of the server's clock: also on the
 * page before, so that going from page to page rings for nobody twice.
 */
export function rungBefore(serverNow: number): number {
	const kept = Number(recall(KEY) ?? 0);
	return Math.max(Number.isFinite(kept) ? kept : 0, serverNow - FRESH_MS);
}

export function rememberRung(knockedAt: number): void {
	remember(KEY, String(knockedAt));
}
