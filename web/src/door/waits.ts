/** How long somebody waits, in words. */
import type { DoorWords } from "./words";

const MINUTE_MS = 60_000;

/** Both in milliseconds of the same clock. */
export function waitedFor(since: number, now: number, w: DoorWords): string {
	const minutes = Math.max(0, Math.floor((now - since) / MINUTE_MS));
	if (minutes === 0) return w.justNow;
	return minutes < 60 ? w.minutes(minutes) : w.hours(Math.floor(minutes / 60), minutes % 60);
}
