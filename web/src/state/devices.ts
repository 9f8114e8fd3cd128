/** Whether somebody comes with the device that they came with before. */

export interface Met {
	/** Public key, base64url. */
	readonly device: string;
	/** Under which it was met last. */
	readonly name: string;
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
}

export const MOST_MET = 500;

/**
 * "same": met before. "other": somebody of that name was met, and always with other devices, or comes with
 * none now. "new": there is nothing to compare with.
 */
export type Recognised = "same" | "other" | "new";

export function recognise(met: readonly Met[], name: string, device: string | null): Recognised {
	if (device !== null && met.some((one) => one.device === device)) return "same";
	return met.some((one) => spelling(one.name) === spelling(name)) ? "other" : "new";
}

/** Names that people take for the same. */
function spelling(name: string): string {
	return name.normalize("NFKC").trim().toLowerCase();
}
