/**
 * Keys that outlive the page, in the browser's own store (IndexedDB): as objects that sign and agree, and
 * that nobody can read the private part of, this page included. The store can be forbidden or full: then
 * nothing is kept, and what is asked for is not there.
 */

const DATABASE = "meetd-keys";
const STORE = "keys";

export interface Kept<T> {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly value: T;
}

export async function recall<T>(name: string): Promise<Kept<T> | null> {
	return (await inStore<Kept<T> | undefined>("readonly", (keys) => keys.get(name))) ?? null;
}

export async function keep<T>(name: string, kept: Kept<T>): Promise<void> {
	await inStore("readwrite", (keys) => keys.put(kept, name));
}

export async function forget(name: string): Promise<void> {
	await inStore("readwrite", (keys) => keys.delete(name));
}

/** Names that begin with `prefix`. */
export async function namesFrom(prefix: string): Promise<readonly string[]> {
	const range = (keys: IDBObjectStore) =>
		keys.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`));
	return ((await inStore("readonly", range)) ?? []).map(String);
}

async function inStore<T>(
	mode: IDBTransactionMode,
	ask: (keys: IDBObjectStore) => IDBRequest<T>,
): Promise<T | null> {
	try {
		const database = await opened();
		try {
			return await answered(ask(database.transaction(STORE, mode).objectStore(STORE)));
		} finally {
			database.close();
		}
	} catch (error) {
		// A browser that keeps nothing, in one of the ways in which browsers say so.
		if (error instanceof DOMException || error instanceof ReferenceError) return null;
		throw error;
	}
}

function opened(): Promise<IDBDatabase> {
	const request = indexedDB.open(DATABASE, 1);
	request.onupgradeneeded = () => request.result.createObjectStore(STORE);
	return answered(request);
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}
