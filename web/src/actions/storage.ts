/**
 * What this browser keeps between visits. It can be forbidden, full, or hold what somebody else wrote:
 * then nothing is kept, and what is read counts for nothing.
 */

/** Fields as they may have been written by anybody. */
export type Stored<T> = { readonly [K in keyof T]?: unknown };

/** `local` outlives the tab; `session` is of this tab alone and outlives a reload. */
export type Place = "local" | "session";

function storage(place: Place): Storage {
	return place === "local" ? localStorage : sessionStorage;
}

export function load<T>(key: string, place: Place = "local"): Stored<T> {
	try {
		const value: unknown = JSON.parse(storage(place).getItem(key) ?? "{}");
		return typeof value === "object" && value !== null ? (value as Stored<T>) : {};
	} catch {
		return {};
	}
}

export function save(key: string, value: unknown, place: Place = "local"): void {
	try {
		storage(place).setItem(key, JSON.stringify(value));
	} catch {
		// See above.
	}
}

export function forget(key: string, place: Place = "local"): void {
	try {
		storage(place).removeItem(key);
	} catch {
		// See above.
	}
}

/** All keys that begin with `prefix`. */
export function keysFrom(prefix: string): readonly string[] {
	try {
		return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
	} catch {
		return [];
	}
}

export function short(value: unknown, longest: number): string | null {
	return typeof value === "string" && value.length <= longest ? value : null;
}
