/** What the hand is doing on a board: the tool, the stroke that is under way, what is selected. */
import { signal } from "@preact/signals";
import type { BoardDocument } from "./document";
import { around, between, moved, stretched, touches } from "./geometry";
import {
	type Box,
	type Colour,
	cleanText,
	type Draft,
	type Drawn,
	isFull,
	isOneOf,
	isShape,
	isStroke,
	isWriting,
	NOTE_SIDE,
	ORIGIN,
	type Placed,
	type Point,
	SHAPES,
	type ShapeKind,
	STROKES,
	type StrokeKind,
	WRITINGS,
	type WritingKind,
} from "./model";
import { boxOfPlaced } from "./paint";

export type Tool = "select" | "pan" | StrokeKind | ShapeKind | WritingKind | "eraser";
export type Thickness = "thin" | "medium" | "thick";

const SIZES: Readonly<Record<Thickness, number>> = { thin: 3, medium: 6, thick: 14 };
const LETTERS: Readonly<Record<Thickness, number>> = { thin: 16, medium: 22, thick: 36 };
/** By which a marker or highlighter is wider than a pen. */
const WIDER = { pen: 1, marker: 1.8, highlighter: 4 } as const;
/** Nearer than this, in pixels, a place touches an object; and less is a click, not a line. */
const REACH = 8;
const CLICK = 3;
/** From a corner of what is selected, in pixels. */
const GRIP = 14;
/** Of a side, by which something is made larger or smaller at a time, and the least that is left of it. */
export const STEP = 1.25;
const LEAST = 4;
/** What a shape is, in units, when the keyboard puts it there. */
const WIDE = 160;
const HIGH = 100;

/** A text that is being written. */
export interface Writing {
	/** Null: it is new. */
	readonly id: string | null;
	readonly kind: WritingKind;
	readonly at: Point;
	readonly text: string;
	readonly size: number;
}

interface Dragged {
	readonly from: Point;
	readonly to: Point;
}

export class Pencil {
	readonly tool = signal<Tool>("pen");
	readonly colour = signal<Colour>("ink");
	readonly thickness = signal<Thickness>("thin");
	readonly selected = signal<readonly string[]>([]);
	readonly writing = signal<Writing | null>(null);
	readonly #document: BoardDocument;
	/** Pixels per unit. */
	readonly #zoom: () => number;
	#points: number[] = [];
	#dragged: Dragged | null = null;
	#erased: ReadonlySet<string> = new Set();
	#framing = false;
	/** Of the text that is being written; null: nothing was changed yet. */
	#typed: string | null = null;
	/** While a corner is dragged: the opposite one, and the box as it was. */
	#held: { readonly fixed: Point; readonly box: Box } | null = null;

	constructor(document: BoardDocument, zoom: () => number) {
		this.#document = document;
		this.#zoom = zoom;
	}

	/** What would be there if the hand were lifted now. */
	get draft(): Drawn | null {
		const tool = this.tool.value;
		const common = { colour: this.colour.value, order: 0, page: this.#document.page };
		const size = SIZES[this.thickness.value];
		if (isOneOf(STROKES, tool) && this.#points.length > 0) {
			const points = new Float32Array(this.#points);
			return { ...common, kind: tool, size: size * WIDER[tool], points };
		}
		if (isOneOf(SHAPES, tool) && this.#dragged) {
			return { ...common, kind: tool, size, ...this.#dragged };
		}
		return null;
	}

	/** By how much what is selected is being moved; and the frame that is being drawn around. */
	get shift(): Point {
		const drag = this.#dragged;
		if (this.tool.value !== "select" || !drag || this.#framing || this.#held) return ORIGIN;
		return { x: drag.to.x - drag.from.x, y: drag.to.y - drag.from.y };
	}

	get frame(): Box | null {
		return this.#dragged && this.tool.value === "select" && this.#framing
			? boxOfDrag(this.#dragged)
			: null;
	}

	/** Whether what is selected is on its way somewhere else. */
	get lifts(): boolean {
		const { x, y } = this.shift;
		return this.#held !== null || x !== 0 || y !== 0;
	}

	/** An object that is selected, as it would be if the hand were lifted now. */
	lifted(placed: Placed): Placed {
		const { x, y } = this.shift;
		const box = this.#stretchedBox;
		if (this.#held && box) return { ...placed, drawn: stretched(placed, this.#held.box, box) };
		return { ...placed, by: { x: placed.by.x + x, y: placed.by.y + y } };
	}

	get erased(): ReadonlySet<string> {
		return this.#erased;
	}

	/** Around what is selected; null when nothing is. */
	get selection(): Box | null {
		const box = around(this.#chosen.map(boxOfPlaced));
		return this.#stretchedBox ?? (box && moved(box, this.shift));
	}

	/** What everything that is selected has in common; null where it differs, or nothing is. */
	get chosenColour(): Colour | null {
		const [first, ...rest] = this.#chosen.map(({ drawn }) => drawn.colour);
		return first && rest.every((one) => one === first) ? first : null;
	}

	choose(colour: Colour): void {
		this.colour.value = colour;
		this.#change(({ drawn }) => ({ ...drawn, colour }));
	}

	/** Of lines, and of letters. */
	thicken(thickness: Thickness): void {
		this.thickness.value = thickness;
		this.#change(({ drawn }) => {
			if (isStroke(drawn)) return { ...drawn, size: SIZES[thickness] * WIDER[drawn.kind] };
			if (isWriting(drawn)) return { ...drawn, size: LETTERS[thickness] };
			return isShape(drawn) ? { ...drawn, size: SIZES[thickness] } : drawn;
		});
	}

	/** From its middle. */
	resize(factor: number): void {
		const box = this.selection;
		if (!box) return;
		const wide = ((box.right - box.left) * (factor - 1)) / 2;
		const high = ((box.bottom - box.top) * (factor - 1)) / 2;
		const to = {
			left: box.left - wide,
			top: box.top - high,
			right: box.right + wide,
			bottom: box.bottom + high,
		};
		this.#change((placed) => stretched(placed, box, to));
	}

	selectAll(): void {
		this.tool.value = "select";
		this.selected.value = this.#document.objects.map(({ id }) => id);
	}

	down(at: Point, pressure: number): void {
		const tool = this.tool.value;
		if (isOneOf(STROKES, tool)) this.#points = [at.x, at.y, pressure];
		else if (tool === "eraser") this.#erase(at);
		else this.#dragged = { from: at, to: at };
		if (tool === "select") {
			this.#held = this.#cornerAt(at);
			if (!this.#held) this.#take(at);
		}
	}

	move(at: Point, pressure: number): void {
		if (this.#points.length > 0) this.#points.push(at.x, at.y, pressure);
		else if (this.tool.value === "eraser") this.#erase(at);
		else if (this.#dragged) this.#dragged = { ...this.#dragged, to: at };
		if (isFull(this.#points)) this.#goOn(at, pressure);
	}

	up(): void {
		const tool = this.tool.value;
		const drag = this.#dragged;
		const drawn = this.draft;
		if (tool === "eraser" && this.#erased.size > 0) this.#document.remove([...this.#erased]);
		else if (this.#held) this.#stretch();
		else if (tool === "select" && drag) this.#drop(drag);
		else if (isOneOf(WRITINGS, tool) && drag) this.write(tool, drag.to);
		else if (drawn && !(drag && this.#isClick(drag))) this.#document.add(drawn);
		this.cancel();
	}

	/** As if the hand had never been there. */
	cancel(): void {
		this.#points = [];
		this.#dragged = null;
		this.#erased = new Set();
		this.#framing = false;
		this.#held = null;
	}

	/** By the keyboard: what the tool makes, in the middle of what is seen. Returns its id. */
	put(at: Point): string | null {
		const tool = this.tool.value;
		if (isOneOf(WRITINGS, tool)) this.write(tool, at);
		if (!isOneOf(SHAPES, tool)) return null;
		const from = { x: at.x - WIDE / 2, y: at.y - HIGH / 2 };
		const to = { x: at.x + WIDE / 2, y: at.y + HIGH / 2 };
		const size = SIZES[this.thickness.value];
		const id = this.#document.add({ kind: tool, colour: this.colour.value, size, from, to });
		this.selected.value = [id];
		return id;
	}

	write(kind: WritingKind, at: Point): void {
		const size = LETTERS[this.thickness.value];
		this.writing.value = { id: null, kind, at, text: "", size };
	}

	edit(id: string): void {
		const placed = this.#document.find(id);
		if (!placed || !isWriting(placed.drawn)) return;
		const { kind, at, text, size } = placed.drawn;
		const here = { x: at.x + placed.by.x, y: at.y + placed.by.y };
		this.writing.value = { id, kind, at: here, text, size };
	}

	/** So far. */
	types(raw: string): void {
		this.#typed = raw;
	}

	/** Nobody can write on: what is there counts. */
	endWriting(): void {
		if (this.writing.value) this.wrote(this.#typed ?? this.writing.value.text);
	}

	/** The text as it is now; an empty one goes. */
	wrote(raw: string): void {
		const writing = this.writing.value;
		this.writing.value = null;
		this.#typed = null;
		if (!writing) return;
		const text = cleanText(raw).trimEnd();
		const old = writing.id === null ? undefined : this.#document.find(writing.id);
		if (old && isWriting(old.drawn)) {
			if (text === "") this.#document.remove([old.id]);
			else if (text !== old.drawn.text) {
				this.#document.change([{ id: old.id, drawn: { ...old.drawn, text } }]);
			}
		} else if (text !== "") {
			const { kind, at, size } = writing;
			const colour = this.colour.value;
			const written: Draft = { kind, at, size, text, colour, side: NOTE_SIDE };
			this.selected.value = [this.#document.add(written)];
		}
	}

	nudge(by: Point): void {
		if (this.selected.value.length > 0) this.#document.move(this.selected.value, by);
	}

	/** Returns how many went. */
	removeSelected(): number {
		const ids = this.selected.value.filter((id) => this.#document.find(id));
		if (ids.length > 0) this.#document.remove(ids);
		this.selected.value = [];
		return ids.length;
	}

	/** The one on top there. */
	at(place: Point): string | null {
		const reach = REACH / this.#zoom();
		const found = this.#document.objects.findLast((placed) => touches(placed, place, reach));
		return found?.id ?? null;
	}

	get #chosen(): readonly Placed[] {
		return this.selected.value.flatMap((id) => this.#document.find(id) ?? []);
	}

	#change(change: (placed: Placed) => Drawn): void {
		const changed = this.#chosen.map((placed) => ({ id: placed.id, drawn: change(placed) }));
		if (changed.length > 0) this.#document.change(changed);
	}

	/** Null when there is none in reach. */
	#cornerAt(at: Point): { readonly fixed: Point; readonly box: Box } | null {
		const box = this.selection;
		if (!box) return null;
		const reach = GRIP / this.#zoom();
		const x = [box.left, box.right].find((side) => Math.abs(side - at.x) < reach);
		const y = [box.top, box.bottom].find((side) => Math.abs(side - at.y) < reach);
		if (x === undefined || y === undefined) return null;
		const fixed = { x: box.left + box.right - x, y: box.top + box.bottom - y };
		return { fixed, box };
	}

	/** What the box becomes whose corner is dragged. Texts and images keep their proportions. */
	get #stretchedBox(): Box | null {
		const held = this.#held;
		const drag = this.#dragged;
		if (!held || !drag) return null;
		const { box, fixed } = held;
		const corner = {
			x: box.left + box.right - fixed.x + drag.to.x - drag.from.x,
			y: box.top + box.bottom - fixed.y + drag.to.y - drag.from.y,
		};
		const rightwards = fixed.x === box.left ? 1 : -1;
		const downwards = fixed.y === box.top ? 1 : -1;
		let wide = Math.max(LEAST, (corner.x - fixed.x) * rightwards);
		let high = Math.max(LEAST, (corner.y - fixed.y) * downwards);
		if (this.#chosen.some(({ drawn }) => !isStroke(drawn) && !isShape(drawn))) {
			const scale = Math.max(wide / (box.right - box.left), high / (box.bottom - box.top));
			wide = (box.right - box.left) * scale;
			high = (box.bottom - box.top) * scale;
		}
		return between(fixed, { x: fixed.x + wide * rightwards, y: fixed.y + high * downwards });
	}

	#stretch(): void {
		const held = this.#held;
		const box = this.#stretchedBox;
		const drag = this.#dragged;
		if (held && box && drag && !this.#isClick(drag)) {
			this.#change((placed) => stretched(placed, held.box, box));
		}
	}

	#take(at: Point): void {
		const box = this.selection;
		const id = this.at(at);
		const inside =
			box && at.x >= box.left && at.x <= box.right && at.y >= box.top && at.y <= box.bottom;
		if (id !== null && !this.selected.value.includes(id)) this.selected.value = [id];
		else if (id === null && !inside) {
			this.selected.value = [];
			this.#framing = true;
		}
	}

	#drop(drag: Dragged): void {
		const frame = this.frame;
		if (frame) {
			this.selected.value = this.#document.objects
				.filter((placed) => {
					const box = boxOfPlaced(placed);
					return (
						box.left >= frame.left &&
						box.right <= frame.right &&
						box.top >= frame.top &&
						box.bottom <= frame.bottom
					);
				})
				.map(({ id }) => id);
		} else if (!this.#isClick(drag)) this.nudge(this.shift);
	}

	#erase(at: Point): void {
		const id = this.at(at);
		if (id !== null) this.#erased = new Set([...this.#erased, id]);
	}

	/** A very long stroke goes on as another one. */
	#goOn(at: Point, pressure: number): void {
		this.up();
		this.#points = [at.x, at.y, pressure];
	}

	#isClick({ from, to }: Dragged): boolean {
		return Math.hypot(to.x - from.x, to.y - from.y) * this.#zoom() < CLICK;
	}
}

function boxOfDrag({ from, to }: Dragged): Box {
	return between(from, to);
}
