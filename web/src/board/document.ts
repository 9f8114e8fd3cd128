/**
 * A whiteboard as a Yjs document: who draws offline loses nothing, and everybody ends with the same. Knows
 * nothing of sockets: what was drawn here waits in `waiting` until it was sent.
 */
import * as Y from "yjs";
import { randomId } from "../core/ids";
import { type Drawn, ORIGIN, type Placed, type Point, packed, readPoint, unpacked } from "./model";

const BACKGROUNDS = ["plain", "grid", "lines", "dots"] as const;
export type Background = (typeof BACKGROUNDS)[number];

/** Between two strokes of which one undo takes only the later, in milliseconds. */
const APART_MS = 0;

export class BoardDocument {
	readonly #document = new Y.Doc();
	readonly #objects = this.#document.getMap<unknown>("objects");
	readonly #places = this.#document.getMap<unknown>("places");
	readonly #board = this.#document.getMap<unknown>("board");
	readonly #undo: Y.UndoManager;
	readonly #placed = new Map<string, Placed>();
	#sorted: readonly Placed[] | null = null;
	#waiting: Uint8Array[] = [];
	/** Called after each change, by whomever. */
	onChange: () => void = () => undefined;
	/** Called when something was drawn here. */
	onDrawn: () => void = () => undefined;

	constructor() {
		this.#undo = new Y.UndoManager([this.#objects, this.#places], {
			captureTimeout: APART_MS,
			trackedOrigins: new Set([this]),
		});
		const follow = (event: Y.YMapEvent<unknown>) => {
			for (const id of event.keysChanged) this.#follow(String(id));
		};
		this.#objects.observe(follow);
		this.#places.observe(follow);
		this.#document.on("update", (update: Uint8Array, origin: unknown) => {
			if (origin !== "server") {
				this.#waiting.push(update);
				this.onDrawn();
			}
		});
		this.#document.on("afterTransaction", () => this.onChange());
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

	/** What was drawn here and not sent yet, in pieces of at most so many bytes where that can be. */
	takeWaiting(most: number): Uint8Array | null {
		const [first, ...rest] = this.#waiting;
		if (!first) return null;
		let size = first.length;
		let count = 1;
		for (const update of rest) {
			if (size + update.length > most) break;
			size += update.length;
			count += 1;
		}
		const taken = this.#waiting.slice(0, count);
		this.#waiting = this.#waiting.slice(count);
		return taken.length === 1 ? first : Y.mergeUpdates(taken);
	}

	/** It did not arrive, or nobody knows: sent once more it is the same. */
	putBack(update: Uint8Array): void {
		this.#waiting.unshift(update);
	}

	get isWaiting(): boolean {
		return this.#waiting.length > 0;
	}

	destroy(): void {
		this.#document.destroy();
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
