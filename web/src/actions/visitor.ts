/** By which a browser without an account finds again what it left on the server. */
import { randomId } from "../core/ids";
import { forget, load, save, short } from "./storage";

const KEY = "meetd.visitor";
/** 258 random bits. */
const LENGTH = 43;

interface StoredVisitor {
	readonly key: string;
}

/** What is kept, asked anew each time: another tab may have forgotten it. */
export function visitorKey(): string | null {
	const key = short(load<StoredVisitor>(KEY).key, LENGTH);
	return key !== null && /^[A-Za-z0-9_-]{43}$/.test(key) ? key : null;
}

/** The same, made when there is none. Null where this browser keeps nothing: then nothing is bound to it. */
export function makeVisitorKey(): string | null {
	if (visitorKey() === null) save(KEY, { key: randomId(LENGTH) } satisfies StoredVisitor);
	return visitorKey();
}

export function forgetVisitor(): void {
	forget(KEY);
}

/** The page with everything that is kept; null when there can be nothing yet. */
export function dataPath(signedIn: boolean): string | null {
	if (signedIn) return "/account/data";
	const key = visitorKey();
	return key && `/privacy/data/${key}`;
}
