/**
 * A whiteboard as a Yjs document: who draws offline loses nothing, and everybody ends with the same. Knows
 * nothing of sockets: what was drawn here waits until it was sent.
 */
import * as Y from "yjs";
import { randomId } from "../core/ids";
import {
	type Draft,
	type Drawn,
	isId,
	ORIGIN,
	PART_BYTES,
	type PastedImage,
	type Placed,
	type Point,
	packed,
	readPoint,
	unpacked,
} from "./model";
import { type Piece, Waiting } from "./waiting";

export const BACKGROUNDS = ["plain", "grid", "lines", "dots"] as const;
export type Background = (typeof BACKGROUNDS)[number];

export const MOST_PAGES = 50;
const PAGE = "page/";

interface Page {
	/** Empty: the first, which is always there. */
	readonly id: string;
	readonly order: number;
	readonly background: Background;
}

const ROOTS = ["objects", "places", "board", "parts"] as const;

interface Source {
	/** Of a page that is gone: it kept what it could not send. */
	readonly leftBy: string;
}

export class BoardDocument {
	#document = new Y.Doc();
	#objects = this.#document.getMap<unknown>("objects");
	#places = this.#document.getMap<unknown>("places");
	#board = this.#document.getMap<unknown>("board");
	#parts = this.#document.getMap<unknown>("parts");
	#undo!: Y.UndoManager;
	readonly #placed = new Map<string, Placed>();
	#sorted: readonly Placed[] | null = null;
	#page = "";
	readonly #waiting = new Waiting();
	/** Called after each change, by whomever. */
	onChange: () => void = () => undefined;
	/** Called when a part of an image came. */
	onImage: () => void = () => undefined;
	/** Called when something was drawn here that has to be sent. */
	onDrawn: (piece: Piece) => void = () => undefined;

	constructor() {
		this.#listen();
	}

	/** Of the page that is shown, from below to the top. */
	get objects(): readonly Placed[] {
		this.#sorted ??= this.objectsOn(this.page);
		return this.#sorted;
	}

	objectsOn(page: string): readonly Placed[] {
		return [...this.#placed.values()]
			.filter(({ drawn }) => drawn.page === page)
			.sort((a, b) => a.drawn.order - b.drawn.order || (a.id < b.id ? -1 : 1));
	}

	get background(): Background {
		return this.pages.find(({ id }) => id === this.page)?.background ?? "plain";
	}

	/** In their order, at least one. */
	get pages(): readonly Page[] {
		const first = { id: "", order: 0, background: backgroundIn(this.#board.get("background")) };
		const others = [...this.#board].flatMap(([key, value]) => pageIn(key, value) ?? []);
		const sorted = others.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
		return [first, ...sorted.slice(0, MOST_PAGES - 1)];
	}

	/** The one that is shown here; somebody may have taken it away. */
	get page(): string {
		return this.#page === "" || this.#board.has(PAGE + this.#page) ? this.#page : "";
	}

	turnTo(page: string): void {
		this.#page = page;
		this.#sorted = null;
		this.onChange();
	}

	/** After all the others; it is shown from then on. */
	addPage(): void {
		const { order } = this.pages.at(-1) ?? { order: 0 };
		const id = randomId(12);
		this.#act(() => this.#board.set(PAGE + id, { o: order + 1, b: this.background }));
		this.turnTo(id);
	}

	/** With everything on it; the first is only emptied. */
	removePage(): void {
		const page = this.page;
		const ids = this.objects.map(({ id }) => id);
		const before = this.pages[Math.max(0, this.pages.findIndex(({ id }) => id === page) - 1)];
		this.#act(() => {
			this.#delete(ids);
			if (page !== "") this.#board.delete(PAGE + page);
		});
		this.turnTo(before?.id ?? "");
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
	add(drawn: Draft): string {
		const id = randomId(12);
		const order = (this.objects.at(-1)?.drawn.order ?? 0) + 1;
		const { page } = this;
		this.#act(() => this.#objects.set(id, packed({ ...drawn, order, page } as Drawn)));
		return id;
	}

	/** On top of everything, its bytes in parts that can be sent one by one. Returns its id. */
	addImage(jpeg: Uint8Array, { from, to }: { from: Point; to: Point }, name: string): string {
		const image = randomId(12);
		const parts = Math.ceil(jpeg.length / PART_BYTES);
		this.#undo.stopCapturing();
		for (let n = 0; n < parts; n += 1) {
			const bytes = jpeg.slice(n * PART_BYTES, (n + 1) * PART_BYTES);
			this.#document.transact(() => this.#parts.set(`${image}/${n}`, { b: bytes }), this);
		}
		const id = randomId(12);
		const order = (this.objects.at(-1)?.drawn.order ?? 0) + 1;
		const { page } = this;
		const common = { colour: "ink", size: 1, order, page } as const;
		const drawn: Drawn = { ...common, kind: "image", from, to, image, parts, name };
		this.#document.transact(() => this.#objects.set(id, packed(drawn)), this);
		return id;
	}

	/** Null as long as a part of it is missing. */
	bytesOf({ image, parts }: PastedImage): Uint8Array<ArrayBuffer> | null {
		const found: Uint8Array[] = [];
		for (let n = 0; n < parts; n += 1) {
			const part = this.#parts.get(`${image}/${n}`) as { readonly b?: unknown } | undefined;
			if (!(part?.b instanceof Uint8Array)) return null;
			found.push(part.b);
		}
		const all = new Uint8Array(found.reduce((sum, { length }) => sum + length, 0));
		let at = 0;
		for (const part of found) {
			all.set(part, at);
			at += part.length;
		}
		return all;
	}

	/** As it was: one step for undo, in updates that can be sent one by one. */
	goBackTo(snapshot: Uint8Array): void {
		const before = new Y.Doc();
		Y.applyUpdate(before, snapshot);
		this.#undo.stopCapturing();
		for (const root of ROOTS) {
			const old = before.getMap<unknown>(root);
			const map = this.#document.getMap<unknown>(root);
			for (const name of new Set([...map.keys(), ...old.keys()])) {
				this.#putAgain(`${root}/${name}`, old.get(name));
			}
		}
		before.destroy();
	}

	/** All of them in one step. */
	change(changed: readonly { readonly id: string; readonly drawn: Drawn }[]): void {
		this.#act(() => {
			for (const { id, drawn } of changed) this.#objects.set(id, packed(drawn));
		});
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
		this.#act(() => this.#delete(ids));
	}

	/** Of the page that is shown. */
	setBackground(background: Background): void {
		const page = this.pages.find(({ id }) => id === this.page);
		this.#act(() => {
			if (!page || page.id === "") this.#board.set("background", background);
			else this.#board.set(PAGE + page.id, { o: page.order, b: background });
		});
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
		// It is not for sending, and to write a large board down anew takes time. Nobody draws meanwhile: who is
		// told of a change only looks at it.
		this.#document.off("update", this.#drawnHere);
		try {
			this.#document.transact(() => {
				for (const update of updates) Y.applyUpdate(this.#document, update, "server");
			}, "server");
		} finally {
			this.#document.on("update", this.#drawnHere);
		}
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
		this.#parts = this.#document.getMap<unknown>("parts");
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
		this.#undo = new Y.UndoManager([this.#objects, this.#places, this.#board, this.#parts], {
			// A step ends where the next begins.
			captureTimeout: Number.MAX_SAFE_INTEGER,
			trackedOrigins: new Set([this]),
		});
		const follow = (event: Y.YMapEvent<unknown>) => {
			for (const id of event.keysChanged) this.#follow(String(id));
		};
		this.#objects.observe(follow);
		this.#places.observe(follow);
		this.#board.observe(() => {
			this.#sorted = null;
		});
		this.#parts.observe(() => this.onImage());
		this.#document.on("update", this.#drawnHere);
		this.#document.on("afterTransaction", () => this.onChange());
	}

	readonly #drawnHere = (
		update: Uint8Array,
		origin: unknown,
		_document: Y.Doc,
		{ changed }: Y.Transaction,
	): void => {
		const leftBy = (origin as Partial<Source> | null)?.leftBy ?? "";
		this.onDrawn(this.#waiting.add(update, this.#keysOf(changed), leftBy));
	};

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
		const put = () => (value === undefined ? map.delete(name) : map.set(name, value));
		this.#document.transact(put, this);
	}

	/** One step for undo. */
	#act(act: () => void): void {
		this.#undo.stopCapturing();
		this.#document.transact(act, this);
	}

	#delete(ids: readonly string[]): void {
		for (const id of ids) {
			const drawn = this.#placed.get(id)?.drawn;
			for (let n = 0; drawn?.kind === "image" && n < drawn.parts; n += 1) {
				this.#parts.delete(`${drawn.image}/${n}`);
			}
			this.#objects.delete(id);
			this.#places.delete(id);
		}
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
	if (one === other) return true;
	if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
	if (one.constructor !== other.constructor) return false;
	if (one instanceof Uint8Array && other instanceof Uint8Array) {
		return one.length === other.length && one.every((byte, n) => byte === other[n]);
	}
	const [ones, others] = [Object.entries(one), Object.entries(other)];
	const there = new Map(others);
	return (
		ones.length === others.length &&
		ones.every(([key, value]) => there.has(key) && isSame(value, there.get(key)))
	);
}

function backgroundIn(value: unknown): Background {
	return BACKGROUNDS.find((one) => one === value) ?? "plain";
}

/** It comes from others: null for whatever is no page. */
function pageIn(key: string, value: unknown): Page | null {
	const id = key.slice(PAGE.length);
	if (!key.startsWith(PAGE) || !isId(id) || typeof value !== "object" || value === null)
		return null;
	const { o: order, b: background } = value as Record<string, unknown>;
	const isOrder = typeof order === "number" && order > 0 && order <= Number.MAX_SAFE_INTEGER;
	return isOrder ? { id, order, background: backgroundIn(background) } : null;
}
