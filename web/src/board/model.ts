/**
 * What can be on a whiteboard. It comes from others, so it is read strictly: what is not exactly an object
 * of a board is not shown. Plain values, no document, no canvas.
 */

export const COLOURS = ["ink", "red", "orange", "yellow", "green", "blue", "violet"] as const;
export type Colour = (typeof COLOURS)[number];

export const STROKES = ["pen", "marker", "highlighter"] as const;
export const SHAPES = ["line", "arrow", "rectangle", "ellipse"] as const;
export const WRITINGS = ["text", "note"] as const;
export type StrokeKind = (typeof STROKES)[number];
export type ShapeKind = (typeof SHAPES)[number];
export type WritingKind = (typeof WRITINGS)[number];

export interface Point {
	readonly x: number;
	readonly y: number;
}

interface Common {
	readonly colour: Colour;
	/** Thickness of lines, or size of letters, in units of the board. */
	readonly size: number;
	/** What is higher lies on top. */
	readonly order: number;
	/** Id of the page of the board; empty: the first. */
	readonly page: string;
}

export interface Stroke extends Common {
	readonly kind: StrokeKind;
	/** Three numbers each: x, y, and how hard it was pressed, 0 to 1. */
	readonly points: Float32Array;
}

export interface Shape extends Common {
	readonly kind: ShapeKind;
	readonly from: Point;
	readonly to: Point;
}

export interface Writing extends Common {
	readonly kind: WritingKind;
	readonly at: Point;
	readonly text: string;
	/** Of the paper of a note. */
	readonly side: number;
}

/** A JPEG, whose bytes lie beside it in parts. */
export interface PastedImage extends Common {
	readonly kind: "image";
	readonly from: Point;
	readonly to: Point;
	readonly image: string;
	readonly parts: number;
	/** What it was called as a file. */
	readonly name: string;
}

export type Drawn = Stroke | Shape | Writing | PastedImage;

/** What is drawn, before it has its place in a board. */
export type Draft = Drawn extends infer One
	? One extends Drawn
		? Omit<One, "order" | "page">
		: never
	: never;

/** An object where it is now. */
export interface Placed {
	readonly id: string;
	readonly drawn: Drawn;
	/** By how much it was moved. */
	readonly by: Point;
}

export interface Box {
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

export const ORIGIN: Point = { x: 0, y: 0 };
/** Letters of a text or a note. */
export const LONGEST_TEXT = 2_000;
const LONGEST_NAME = 200;
/** Of ids that pages make. */
const LONGEST_ID = 24;
/** Of one image, each of at most `PART_BYTES`. */
export const MOST_PARTS = 8;
export const PART_BYTES = 32_000;
export const NOTE_SIDE = 180;
export const SMALLEST_NOTE = 20;
export const LARGEST_NOTE = 4_000;
export const LINE_HEIGHT = 1.3;
export const FARTHEST = 1_000_000;
export const SMALLEST = 0.5;
export const LARGEST = 400;
/** Bytes of one point: x and y in eighths, and pressure. */
const POINT_BYTES = 9;
const MOST_POINTS = 4_000;

export function isStroke(drawn: Drawn): drawn is Stroke {
	return isOneOf(STROKES, drawn.kind);
}

export function isShape(drawn: Drawn): drawn is Shape {
	return isOneOf(SHAPES, drawn.kind);
}

export function isImage(drawn: Drawn): drawn is PastedImage {
	return drawn.kind === "image";
}

export function isWriting(drawn: Drawn): drawn is Writing {
	return isOneOf(WRITINGS, drawn.kind);
}

/** As it is kept in the document. */
export function packed(drawn: Drawn): Record<string, unknown> {
	const { kind, colour, size, order, page } = drawn;
	const common = { k: kind, c: colour, s: size, o: order, ...(page ? { g: page } : {}) };
	if (isStroke(drawn)) return { ...common, p: packPoints(drawn.points) };
	if (isShape(drawn)) {
		return { ...common, f: [drawn.from.x, drawn.from.y], t: [drawn.to.x, drawn.to.y] };
	}
	if (isImage(drawn)) {
		const { from, to, image, parts, name } = drawn;
		return { ...common, f: [from.x, from.y], t: [to.x, to.y], i: image, n: parts, w: name };
	}
	const side = drawn.side === NOTE_SIDE ? {} : { d: drawn.side };
	return { ...common, f: [drawn.at.x, drawn.at.y], w: drawn.text, ...side };
}

/** Null for whatever is no object of a board. */
export function unpacked(value: unknown): Drawn | null {
	if (typeof value !== "object" || value === null) return null;
	const raw = value as Record<string, unknown>;
	const { k: kind, c: colour, s: size, o: order, g: page = "", p, f, t, w: text } = raw;
	if (!isOneOf(COLOURS, colour) || !isWithin(size, SMALLEST, LARGEST)) return null;
	if (page !== "" && !isId(page)) return null;
	if (!isWithin(order, 0, Number.MAX_SAFE_INTEGER)) return null;
	const common = { colour, size, order, page };
	if (isOneOf(STROKES, kind)) {
		const points = unpackPoints(p);
		return points && { ...common, kind, points };
	}
	const from = readPoint(f);
	if (!from) return null;
	if (isOneOf(SHAPES, kind)) {
		const to = readPoint(t);
		return to && { ...common, kind, from, to };
	}
	if (typeof text !== "string") return null;
	if (kind === "image") {
		const { i: image, n: parts } = raw;
		const to = readPoint(t);
		if (!to || !isId(image) || !isWithin(parts, 1, MOST_PARTS)) return null;
		return {
			...common,
			kind,
			from,
			to,
			image,
			parts,
			name: cleanText(text).slice(0, LONGEST_NAME),
		};
	}
	const { d: side = NOTE_SIDE } = raw;
	if (!isOneOf(WRITINGS, kind) || !isWithin(side, SMALLEST_NOTE, LARGEST_NOTE)) return null;
	return { ...common, kind, at: from, text: cleanText(text), side };
}

/** An id as pages make them. */
export function isId(value: unknown): value is string {
	return typeof value === "string" && value !== "" && value.length <= LONGEST_ID;
}

/** Two numbers, as a place of an object is kept; null for anything else. */
export function readPoint(value: unknown): Point | null {
	if (!Array.isArray(value) || value.length !== 2) return null;
	const [x, y] = value as unknown[];
	return isWithin(x, -FARTHEST, FARTHEST) && isWithin(y, -FARTHEST, FARTHEST) ? { x, y } : null;
}

/** No control or direction characters, which could make a text read differently from what it is. */
export function cleanText(text: string): string {
	return text.slice(0, LONGEST_TEXT).replaceAll(/(?!\n)[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, "");
}

/** Points that a page draws in one go. */
export function isFull(points: readonly number[]): boolean {
	return points.length / 3 >= MOST_POINTS;
}

function packPoints(points: Float32Array): Uint8Array {
	const bytes = new Uint8Array((points.length / 3) * POINT_BYTES);
	const view = new DataView(bytes.buffer);
	for (let n = 0; n * 3 < points.length; n += 1) {
		view.setInt32(n * POINT_BYTES, Math.round((points[n * 3] ?? 0) * 8));
		view.setInt32(n * POINT_BYTES + 4, Math.round((points[n * 3 + 1] ?? 0) * 8));
		view.setUint8(n * POINT_BYTES + 8, Math.round((points[n * 3 + 2] ?? 0) * 255));
	}
	return bytes;
}

function unpackPoints(value: unknown): Float32Array | null {
	if (!(value instanceof Uint8Array) || value.length % POINT_BYTES !== 0) return null;
	const count = value.length / POINT_BYTES;
	if (count === 0 || count > MOST_POINTS) return null;
	const view = new DataView(value.buffer, value.byteOffset, value.length);
	const points = new Float32Array(count * 3);
	for (let n = 0; n < count; n += 1) {
		points[n * 3] = clamped(view.getInt32(n * POINT_BYTES) / 8);
		points[n * 3 + 1] = clamped(view.getInt32(n * POINT_BYTES + 4) / 8);
		points[n * 3 + 2] = view.getUint8(n * POINT_BYTES + 8) / 255;
	}
	return points;
}

function clamped(value: number): number {
	return Math.min(FARTHEST, Math.max(-FARTHEST, value));
}

export function isOneOf<T extends string>(all: readonly T[], value: unknown): value is T {
	return (all as readonly unknown[]).includes(value);
}

function isWithin(value: unknown, least: number, most: number): value is number {
	return typeof value === "number" && value >= least && value <= most;
}
