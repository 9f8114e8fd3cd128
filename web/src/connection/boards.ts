/** What is kept of a whiteboard, over HTTP. */

interface KeptUpdate {
	/** Rises from update to update. */
	readonly number: number;
	readonly update: Uint8Array;
}

/** Bytes before each update: its number and its length. */
const HEAD = 12;

/** What came after a number, oldest first; null when it cannot be had. */
export async function fetchBoard(
	id: string,
	key: string,
	after: number,
): Promise<readonly KeptUpdate[] | null> {
	const query = new URLSearchParams({ key, after: String(after) });
	try {
		const answer = await fetch(`/api/v1/boards/${encodeURIComponent(id)}?${query}`, {
			cache: "no-store",
		});
		return answer.ok ? updatesIn(await answer.arrayBuffer()) : null;
	} catch {
		return null;
	}
}

export interface BoardSnapshot {
	readonly id: string;
	readonly authorName: string;
	/** Milliseconds since the Unix epoch. */
	readonly madeAt: number;
}

/** Newest first; null when they cannot be had. */
export async function listSnapshots(
	id: string,
	key: string,
): Promise<readonly BoardSnapshot[] | null> {
	const answer = await answerFrom(id, key, "/snapshots");
	const found: unknown = await answer?.json().catch(() => null);
	return Array.isArray(found) && found.every(isSnapshot) ? found : null;
}

/** One update with everything that was on the board; null when it cannot be had. */
export async function fetchSnapshot(
	id: string,
	key: string,
	snapshot: string,
): Promise<Uint8Array | null> {
	const answer = await answerFrom(id, key, `/snapshots/${encodeURIComponent(snapshot)}`);
	const body = await answer?.arrayBuffer().catch(() => null);
	return body ? new Uint8Array(body) : null;
}

async function answerFrom(id: string, key: string, path: string): Promise<Response | null> {
	const address = `/api/v1/boards/${encodeURIComponent(id)}${path}?${new URLSearchParams({ key })}`;
	try {
		const answer = await fetch(address, { cache: "no-store" });
		return answer.ok ? answer : null;
	} catch {
		return null;
	}
}

function isSnapshot(value: unknown): value is BoardSnapshot {
	if (typeof value !== "object" || value === null) return false;
	const { id, authorName, madeAt } = value as Partial<BoardSnapshot>;
	return typeof id === "string" && typeof authorName === "string" && typeof madeAt === "number";
}

/** Null when it is cut off. */
export function updatesIn(body: ArrayBuffer): readonly KeptUpdate[] | null {
	const found: KeptUpdate[] = [];
	const view = new DataView(body);
	let at = 0;
	while (at < body.byteLength) {
		if (at + HEAD > body.byteLength) return null;
		const number = Number(view.getBigUint64(at));
		const length = view.getUint32(at + 8);
		at += HEAD;
		if (at + length > body.byteLength) return null;
		found.push({ number, update: new Uint8Array(body, at, length) });
		at += length;
	}
	return found;
}

/** Base64url without padding (RFC 4648, section 5). */
export function encodeUpdate(update: Uint8Array): string {
	let text = "";
	for (const byte of update) text += String.fromCharCode(byte);
	return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Null for anything else. */
export function decodeUpdate(text: string): Uint8Array | null {
	try {
		const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
		return Uint8Array.from(raw, (character) => character.charCodeAt(0));
	} catch {
		return null;
	}
}
