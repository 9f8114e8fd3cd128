/**
 * The keys that knocked, for as long as the knock may be answered: the page may be closed and opened again
 * meanwhile, or another page be the one that enters.
 */
import type { Clock } from "../core/clock";
import type { Identity } from "./identity";
import { forget, keep, namesFrom, recall } from "./key_store";

const KNOCKS = "knock.";
/** An answer counts for half a day; whoever was not answered by then may knock again. */
const LASTS_MS = 24 * 3_600_000;

/** By the place that the knock has. */
export async function recallIdentity(place: string, clock: Clock): Promise<Identity | null> {
	await forgetOld(clock);
	return (await recall<Identity>(KNOCKS + place))?.value ?? null;
}

export function keepIdentity(place: string, identity: Identity, clock: Clock): Promise<void> {
	return keep(KNOCKS + place, { at: clock.now(), value: identity });
}

export function forgetIdentity(place: string): Promise<void> {
	return forget(KNOCKS + place);
}

async function forgetOld(clock: Clock): Promise<void> {
	for (const name of await namesFrom(KNOCKS)) {
		const kept = await recall<Identity>(name);
		// A clock that was set back makes it younger than now.
		if (kept && Math.abs(clock.now() - kept.at) > LASTS_MS) await forget(name);
	}
}
