/**
 * Strokes that could not be sent yet, as this browser keeps them: when the page is loaded again, or closed and
 * opened, they are sent then. Each is removed once the server has it. A browser without a place for it, or
 * without locks (W3C Web Locks) that tell which pages are still there, keeps none.
 */
import { forgetStrokes, rememberStrokes } from "../actions/strokes";
import type { Clock } from "../core/clock";
import { randomId } from "../core/ids";
import type { Refusal } from "../protocol/generated";

const DATABASE = "meetd.strokes";
const STORE = "strokes";
/** What nobody came back for goes after that. */
const LASTS_MS = 30 * 24 * 3_600_000;

/** Board, page that drew it, serial. */
type Key = [string, string, number];

interface Kept {
	readonly update: Uint8Array;
	readonly at: number;
}

/** What one page left behind on one board. */
export interface Left {
	readonly page: string;
	readonly updates: readonly Uint8Array[];
}

export class Leftovers {
	readonly #database: IDBDatabase;
	readonly #locks: LockManager;
	readonly #clock: Clock;

	private constructor(database: IDBDatabase, locks: LockManager, clock: Clock) {
		this.#database = database;
		this.#locks = locks;
		this.#clock = clock;
	}

	/** Null where nothing can be kept. */
	static async open(clock: Clock): Promise<Leftovers | null> {
		const locks = navigator.locks as LockManager | undefined;
		if (!locks) return null;
		try {
			const opening = indexedDB.open(DATABASE, 1);
			opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
			return new Leftovers(await answered(opening), locks, clock);
		} catch {
			return null;
		}
	}

	/** One open board, until it is closed. */
	begin(board: string): Keeper {
		const page = randomId(16);
		let close = () => {};
		const closed = new Promise<void>((resolve) => {
			close = resolve;
		});
		this.#locks.request(lockOf(page), { mode: "shared" }, () => closed).catch(() => undefined);
		return {
			keep: (serial, update) => {
				rememberStrokes();
				const kept: Kept = { update, at: this.#clock.now() };
				return this.#write((store) => store.put(kept, [board, page, serial]));
			},
			forget: (serials) =>
				this.#write((store) => {
					for (const serial of serials) store.delete([board, page, serial]);
				}),
			left: () => this.left(board),
			drop: (left) => this.drop(board, left),
			dropAll: () => this.#dropAll(board),
			close,
		};
	}

	/** What pages left behind that are gone, the strokes of each in their order. */
	async left(board: string): Promise<readonly Left[]> {
		const held = new Set((await this.#locks.query()).held?.map(({ name }) => name));
		const found = new Map<string, Uint8Array[]>();
		for (const { key, kept } of await this.#all()) {
			const [of, page] = key;
			if (of !== board || held.has(lockOf(page))) continue;
			found.set(page, [...(found.get(page) ?? []), kept.update]);
		}
		return [...found].map(([page, updates]) => ({ page, updates }));
	}

	async drop(board: string, page: string): Promise<void> {
		await this.#write((store) => store.delete(IDBKeyRange.bound([board, page], [board, page, []])));
	}

	async #dropAll(board: string): Promise<void> {
		await this.#write((store) => store.delete(IDBKeyRange.bound([board], [board, []])));
	}

	/** What nobody came back for. Remembers whether there is anything else. */
	async tidy(): Promise<void> {
		const all = await this.#all();
		const old = all.filter(({ kept }) => !(Math.abs(this.#clock.now() - kept.at) < LASTS_MS));
		await this.#write((store) => {
			for (const { key } of old) store.delete(key);
		});
		if (old.length === all.length) forgetStrokes();
	}

	async #all(): Promise<readonly { readonly key: Key; readonly kept: Kept }[]> {
		const store = this.#database.transaction(STORE).objectStore(STORE);
		const [keys, values] = await Promise.all([
			answered(store.getAllKeys()),
			answered<unknown[]>(store.getAll()),
		]);
		return keys.flatMap((key, n) => {
			const kept = values[n] as Kept;
			return isKey(key) ? [{ key, kept }] : [];
		});
	}

	#write(act: (store: IDBObjectStore) => void): Promise<void> {
		return new Promise((resolve) => {
			const transaction = this.#database.transaction(STORE, "readwrite");
			// Full, or taken away: what is drawn is sent all the same, as long as the page is open.
			transaction.oncomplete = transaction.onabort = () => resolve();
			act(transaction.objectStore(STORE));
		});
	}
}

/** Where one open board keeps what waits. */
export interface Keeper {
	keep(serial: number, update: Uint8Array): Promise<void>;
	forget(serials: readonly number[]): Promise<void>;
	left(): Promise<readonly Left[]>;
	drop(page: string): Promise<void>;
	/** Of every page: the board is gone. */
	dropAll(): Promise<void>;
	/** This page does not see to what is left any more. */
	close(): void;
}

function lockOf(page: string): string {
	return `meetd.strokes.${page}`;
}

function isKey(key: IDBValidKey): key is Key {
	return Array.isArray(key) && key.length === 3;
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

/** Of boards that nobody opened here since: in again, what was left behind is sent all the same. */
export async function sendLeft(
	boards: readonly string[],
	draw: (board: string, update: Uint8Array) => Promise<Refusal | "lost" | null>,
	clock: Clock,
): Promise<void> {
	const leftovers = await Leftovers.open(clock);
	for (const board of leftovers ? boards : []) {
		for (const { page, updates } of (await leftovers?.left(board)) ?? []) {
			if (await sendAll(updates, (update) => draw(board, update), clock)) {
				await leftovers?.drop(board, page);
			}
		}
	}
	await leftovers?.tidy();
}

/** Whether the server has all of it now. What it refused stays, and is said when the board is open. */
async function sendAll(
	updates: readonly Uint8Array[],
	draw: (update: Uint8Array) => Promise<Refusal | "lost" | null>,
	clock: Clock,
): Promise<boolean> {
	for (const update of updates) {
		let answer = await draw(update);
		while (answer !== null && answer !== "lost" && answer.code === "TooFast") {
			const ms = answer.facts.seconds * 1_000;
			await new Promise<void>((resolve) => clock.after(ms, resolve));
			answer = await draw(update);
		}
		if (answer !== null) return false;
	}
	return true;
}
