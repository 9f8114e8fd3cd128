/**
 * A whiteboard as a Yjs document: who draws offline loses nothing, and everybody ends with the same. Knows
 * nothing of sockets: what was drawn here waits until it was sent.
 */
import * as Y from "yjs";
import { randomId } from "../core/ids";
import { type Drawn, ORIGIN, type Placed, type Point, packed, readPoint, unpacked } from "./model";
import { type Piece, Waiting } from "./waiting";

const BACKGROUNDS = ["plain", "grid", "lines", "dots"] as const;
export type Background = (typeof BACKGROUNDS)[number];

/** Between two strokes of which one undo takes only the later, in milliseconds. */
const APART_MS = 0;

const ROOTS = ["objects", "places", "board"] as const;

interface Source {
	/** Of a page that is gone: it kept what it could not send. */
	readonly leftBy: string;
}

export class BoardDocument {
	#document = new Y.Doc();
	#objects = this.#document.getMap<unknown>("objects");
	#places = this.#document.getMap<unknown>("places");
	#board = this.#document.getMap<unknown>("board");
	#undo!: Y.UndoManager;
	readonly #placed = new Map<string, Placed>();
	#sorted: readonly Placed[] | null = null;
	readonly #waiting = new Waiting();
	/** Called after each change, by whomever. */
	onChange: () => void = () => undefined;
	/** Called when something was drawn here that has to be sent. */
	onDrawn: (piece: Piece) => void = () => undefined;

	constructor() {
		this.#listen();
	}

	/** From below to the top. */
	get objects(): readonly Placed[] {
		this.#sorted ??= [...this.#placed.values()].sort(
			(a, b) => a.drawn.order - b.drawn.order || (a.id < b.id ? -1 : 1),
		);
		return this.#sorted;
	}

	get background(): Background {
		const found = this.#board.get("background");
		return BACKGROUNDS.find((one) => one === found) ?? "plain";
	}

	get canUndo(): boolean {
		return this.#undo.undoStack.length > 0;
	}

	get canRedo(): boolean {
		return this.#undo.redoStack.length > 0;
	}

	find(id: string): Placed | undefined {
		return this.#placed.get(id);
	}

	/** On top of everything. Returns its id. */
	add(drawn: Omit<Drawn, "order">): string {
		const id = randomId(12);
		const order = (this.objects.at(-1)?.drawn.order ?? 0) + 1;
		this.#act(() => this.#objects.set(id, packed({ ...drawn, order } as Drawn)));
		return id;
	}

	change(id: string, drawn: Drawn): void {
		this.#act(() => this.#objects.set(id, packed(drawn)));
	}

	move(ids: readonly string[], by: Point): void {
		this.#act(() => {
			for (const id of ids) {
				const old = this.#placed.get(id)?.by;
				if (old) this.#places.set(id, [old.x + by.x, old.y + by.y]);
			}
		});
	}

	remove(ids: readonly string[]): void {
		this.#act(() => {
			for (const id of ids) {
				this.#objects.delete(id);
				this.#places.delete(id);
			}
		});
	}

	setBackground(background: Background): void {
		this.#act(() => this.#board.set("background", background));
	}

	/** What one did oneself, and nobody else. */
	undo(): void {
		this.#undo.undo();
	}

	redo(): void {
		this.#undo.redo();
	}

	/** From the server. What cannot be read is left out. */
	take(updates: readonly Uint8Array[]): void {
		this.#document.transact(() => {
			for (const update of updates) Y.applyUpdate(this.#document, update, "server");
		}, "server");
	}

	/** What a page drew that is gone, and could not send. What the server has already is nothing new. */
	takeLeft(leftBy: string, updates: readonly Uint8Array[]): void {
		const source: Source = { leftBy };
		for (const update of updates) Y.applyUpdate(this.#document, update, source);
	}

	/** What was drawn here and not sent yet, in pieces of at most so many bytes where that can be. */
	takeWaiting(most: number): Piece | null {
		return this.#waiting.take(most);
	}

	/** What only takes away, however long the rest has to wait. */
	takeErased(): Piece | null {
		return this.#waiting.takeErased();
	}

	/** It did not arrive, or nobody knows: sent once more it is the same. */
	putBack(piece: Piece): void {
		this.#waiting.putBack(piece);
	}

	get isWaiting(): boolean {
		return !this.#waiting.isEmpty;
	}

	/** Keys of what is not safe yet. */
	get waitingKeys(): ReadonlySet<string> {
		return this.#waiting.keys;
	}

	/** Ids of objects that are not safe yet. */
	get waitingObjects(): ReadonlySet<string> {
		return new Set([...this.#waiting.keys].map(idIn));
	}

	/**
	 * Begin anew from what the server has, and from what waits, without what is `dropped`: no update of the
	 * old document will be sent again. Undo begins anew as well. Returns which serials are not needed any more.
	 */
	rebuild(kept: readonly Uint8Array[], dropped: ReadonlySet<string>): readonly number[] {
		const wanted = [...this.#waiting.keys]
			.filter((key) => !dropped.has(key))
			.map((key) => ({ key, value: this.#valueOf(key) }));
		const old = this.#waiting.clear();
		this.#undo.destroy();
		this.#document.destroy();
		this.#document = new Y.Doc();
		this.#objects = this.#document.getMap<unknown>("objects");
		this.#places = this.#document.getMap<unknown>("places");
		this.#board = this.#document.getMap<unknown>("board");
		this.#placed.clear();
		this.#sorted = null;
		this.#listen();
		this.take(kept);
		for (const { key, value } of wanted) this.#putAgain(key, value);
		this.onChange();
		return old;
	}

	destroy(): void {
		this.#document.destroy();
	}

	#listen(): void {
		this.#undo = new Y.UndoManager([this.#objects, this.#places], {
			captureTimeout: APART_MS,
			trackedOrigins: new Set([this]),
		});
		const follow = (event: Y.YMapEvent<unknown>) => {
			for (const id of event.keysChanged) this.#follow(String(id));
		};
		this.#objects.observe(follow);
		this.#places.observe(follow);
		this.#document.on("update", (update, origin, _document, { changed }) => {
			if (origin === "server") return;
			const leftBy = (origin as Partial<Source> | null)?.leftBy ?? "";
			this.onDrawn(this.#waiting.add(update, this.#keysOf(changed), leftBy));
		});
		this.#document.on("afterTransaction", () => this.onChange());
	}

	#keysOf(changed: Y.Transaction["changed"]): readonly string[] {
		return ROOTS.flatMap((root) => {
			const keys = changed.get(this.#document.getMap<unknown>(root) as never) ?? [];
			return [...keys].map((key) => `${root}/${key}`);
		});
	}

	#mapOf(key: string): { readonly map: Y.Map<unknown>; readonly name: string } {
		return { map: this.#document.getMap(key.slice(0, key.indexOf("/"))), name: idIn(key) };
	}

	#valueOf(key: string): unknown {
		const { map, name } = this.#mapOf(key);
		return map.get(name);
	}

	/** One update each, so that they can be sent in pieces. */
	#putAgain(key: string, value: unknown): void {
		const { map, name } = this.#mapOf(key);
		if (isSame(map.get(name), value)) return;
		this.#document.transact(() => (value === undefined ? map.delete(name) : map.set(name, value)));
	}

	#act(act: () => void): void {
		this.#document.transact(act, this);
	}

	#follow(id: string): void {
		const drawn = unpacked(this.#objects.get(id));
		if (drawn) this.#placed.set(id, { id, drawn, by: readPoint(this.#places.get(id)) ?? ORIGIN });
		else this.#placed.delete(id);
		this.#sorted = null;
	}
}

/** Of the object, from a key of what waits. */
export function idIn(key: string): string {
	return key.slice(key.indexOf("/") + 1);
}

/** Two values of a board, down to the bytes. */
function isSame(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
