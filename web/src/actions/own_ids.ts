/**
 * As whom one was in rooms before, in this browser: what was said then is one's own. Ids of participants
 * lead to nobody, and with each meeting one gets another; the server does not write down whose they were.
 */
import { signal } from "@preact/signals";
import { forget, load, save, short } from "./storage";
import { visitorKey } from "./visitor";

const KEY = "meetd.was";
const MOST = 200;
const LONGEST_ID = 64;

/** Whoever is signed in has a list of their own, and so has whoever has the link to what they left. */
interface Whose {
	/** Of the account; empty where nobody is signed in, or the page does not know it. */
	readonly id: string;
	/** Empty where nobody is signed in. */
	readonly name: string;
}

export interface OwnIds {
	/** Whether that participant is oneself, or was. */
	isYou(participant: string): boolean;
	welcomed(you: string): void;
}

export function makeOwnIds(whose: Whose): OwnIds {
	const ids = signal<ReadonlySet<string>>(new Set());
	return {
		isYou: (participant) => ids.value.has(participant),
		welcomed(you) {
			const place = placeOf(whose);
			const before = (place === null ? [...ids.value] : kept(place)).filter((id) => id !== you);
			const now = [you, ...before].slice(0, MOST);
			if (place !== null) save(place, { ids: now });
			ids.value = new Set(now);
		},
	};
}

/** What a visitor left is erased, and so is what leads to it here. */
export function forgetVisitorIds(): void {
	forget(KEY);
}

/** Null: nothing says who this is. */
function placeOf({ id, name }: Whose): string | null {
	if (name === "") return visitorKey() && KEY;
	return id === "" ? null : `${KEY}.${id}`;
}

function kept(place: string): readonly string[] {
	const { ids } = load<{ ids: unknown }>(place);
	if (!Array.isArray(ids)) return [];
	return ids.flatMap((one: unknown) => short(one, LONGEST_ID) ?? []).slice(0, MOST);
}
