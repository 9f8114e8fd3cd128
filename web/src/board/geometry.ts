/** Where things are on a board: boxes, distances, and the window that looks at it. Plain numbers. */
import {
	type Box,
	type Drawn,
	FARTHEST,
	isImage,
	isShape,
	isStroke,
	isWriting,
	LARGEST_NOTE,
	LINE_HEIGHT,
	type Placed,
	type Point,
	SMALLEST_NOTE,
	LARGEST as THICKEST,
	SMALLEST as THINNEST,
} from "./model";

/** Which part of the board is seen: its middle, and pixels per unit. */
export interface Window {
	readonly x: number;
	readonly y: number;
	readonly zoom: number;
}

export interface Area {
	readonly width: number;
	readonly height: number;
}

export const START: Window = { x: 0, y: 0, zoom: 1 };
const SMALLEST = 0.02;
const LARGEST = 16;
const MARGIN = 40;

export function toBoard(window: Window, area: Area, at: Point): Point {
	return {
		x: window.x + (at.x - area.width / 2) / window.zoom,
		y: window.y + (at.y - area.height / 2) / window.zoom,
	};
}

export function toScreen(window: Window, area: Area, at: Point): Point {
	return {
		x: (at.x - window.x) * window.zoom + area.width / 2,
		y: (at.y - window.y) * window.zoom + area.height / 2,
	};
}

/** Nearer or farther, with the place under `at` (pixels) staying where it is. */
export function zoomedAt(window: Window, area: Area, at: Point, factor: number): Window {
	const zoom = Math.min(LARGEST, Math.max(SMALLEST, window.zoom * factor));
	const fixed = toBoard(window, area, at);
	return {
		x: fixed.x - (at.x - area.width / 2) / zoom,
		y: fixed.y - (at.y - area.height / 2) / zoom,
		zoom,
	};
}

/** Everything that is in the box, never larger than it was drawn. */
export function fitting(box: Box | null, area: Area): Window {
	if (!box) return START;
	const width = Math.max(1, box.right - box.left) + 2 * MARGIN;
	const height = Math.max(1, box.bottom - box.top) + 2 * MARGIN;
	const zoom = Math.min(1, area.width / width, area.height / height);
	return {
		x: (box.left + box.right) / 2,
		y: (box.top + box.bottom) / 2,
		zoom: Math.max(SMALLEST, zoom),
	};
}

/** The window that sees all of a box. */
export function windowOn(box: Box, area: Area): Window {
	const zoom = Math.min(
		area.width / Math.max(1, box.right - box.left),
		area.height / Math.max(1, box.bottom - box.top),
	);
	return {
		x: (box.left + box.right) / 2,
		y: (box.top + box.bottom) / 2,
		zoom: Math.min(LARGEST, Math.max(SMALLEST, zoom)),
	};
}

export function seen(window: Window, area: Area): Box {
	const from = toBoard(window, area, { x: 0, y: 0 });
	const to = toBoard(window, area, { x: area.width, y: area.height });
	return { left: from.x, top: from.y, right: to.x, bottom: to.y };
}

export function overlap(one: Box, other: Box): boolean {
	return (
		one.left <= other.right &&
		one.right >= other.left &&
		one.top <= other.bottom &&
		one.bottom >= other.top
	);
}

export function moved(box: Box, by: Point): Box {
	return {
		left: box.left + by.x,
		top: box.top + by.y,
		right: box.right + by.x,
		bottom: box.bottom + by.y,
	};
}

export function around(boxes: readonly Box[]): Box | null {
	const [first, ...rest] = boxes;
	if (!first) return null;
	return rest.reduce(
		(all, box) => ({
			left: Math.min(all.left, box.left),
			top: Math.min(all.top, box.top),
			right: Math.max(all.right, box.right),
			bottom: Math.max(all.bottom, box.bottom),
		}),
		first,
	);
}

/** Before it was moved. */
export function boxOf(drawn: Drawn): Box {
	const half = drawn.size;
	if (isStroke(drawn)) return grown(boxOfPoints(drawn.points), half);
	if (isShape(drawn)) {
		const box = between(drawn.from, drawn.to);
		return grown(box, half + (drawn.kind === "arrow" ? 4 * drawn.size : 0));
	}
	if (isImage(drawn)) return between(drawn.from, drawn.to);
	const { at, text, size, kind, side } = drawn;
	if (kind === "note") {
		return { left: at.x, top: at.y, right: at.x + side, bottom: at.y + side };
	}
	const lines = text.split("\n");
	const longest = Math.max(1, ...lines.map((line) => line.length));
	return {
		left: at.x,
		top: at.y,
		right: at.x + longest * size * 0.62,
		bottom: at.y + lines.length * size * LINE_HEIGHT,
	};
}

/** The box of which two places are opposite corners. */
export function between(one: Point, other: Point): Box {
	return {
		left: Math.min(one.x, other.x),
		top: Math.min(one.y, other.y),
		right: Math.max(one.x, other.x),
		bottom: Math.max(one.y, other.y),
	};
}

/** An object as it is when the box around it becomes another one. */
export function stretched({ drawn, by }: Placed, from: Box, to: Box): Drawn {
	const sx = (to.right - to.left) / Math.max(1, from.right - from.left);
	const sy = (to.bottom - to.top) / Math.max(1, from.bottom - from.top);
	const x = (of: number) => to.left + (of + by.x - from.left) * sx - by.x;
	const y = (of: number) => to.top + (of + by.y - from.top) * sy - by.y;
	const put = (at: Point): Point => ({
		x: within(x(at.x), -FARTHEST, FARTHEST),
		y: within(y(at.y), -FARTHEST, FARTHEST),
	});
	if (isStroke(drawn)) {
		const points = drawn.points.map((of, n) => (n % 3 === 0 ? x(of) : n % 3 === 1 ? y(of) : of));
		return { ...drawn, points };
	}
	if (!isWriting(drawn)) return { ...drawn, from: put(drawn.from), to: put(drawn.to) };
	const scale = Math.min(sx, sy);
	return {
		...drawn,
		at: put(drawn.at),
		size: within(drawn.size * scale, THINNEST, THICKEST),
		side: within(drawn.side * scale, SMALLEST_NOTE, LARGEST_NOTE),
	};
}

function within(value: number, least: number, most: number): number {
	return Math.min(most, Math.max(least, value));
}

/** Whether a place touches an object; `reach` in units of the board. */
export function touches({ drawn, by }: Placed, at: Point, reach: number): boolean {
	const x = at.x - by.x;
	const y = at.y - by.y;
	const box = grown(boxOf(drawn), reach);
	if (x < box.left || x > box.right || y < box.top || y > box.bottom) return false;
	const near = reach + drawn.size / 2;
	if (isStroke(drawn)) return nearPoints(drawn.points, x, y, near);
	if (!isShape(drawn)) return true;
	const { from, to, kind } = drawn;
	if (kind === "line" || kind === "arrow") return distance(from, to, x, y) <= near;
	if (kind === "ellipse") return nearEllipse(from, to, x, y, near);
	const corners = [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
	return corners.some((corner, n) => {
		const next = corners[(n + 1) % 4] ?? corner;
		return distance(corner, next, x, y) <= near;
	});
}

function grown(box: Box, by: number): Box {
	return {
		left: box.left - by,
		top: box.top - by,
		right: box.right + by,
		bottom: box.bottom + by,
	};
}

function boxOfPoints(points: Float32Array): Box {
	let left = Number.POSITIVE_INFINITY;
	let top = Number.POSITIVE_INFINITY;
	let right = Number.NEGATIVE_INFINITY;
	let bottom = Number.NEGATIVE_INFINITY;
	for (let n = 0; n < points.length; n += 3) {
		const x = points[n] ?? 0;
		const y = points[n + 1] ?? 0;
		if (x < left) left = x;
		if (x > right) right = x;
		if (y < top) top = y;
		if (y > bottom) bottom = y;
	}
	return { left, top, right, bottom };
}

function nearPoints(points: Float32Array, x: number, y: number, near: number): boolean {
	for (let n = 0; n < points.length; n += 3) {
		const m = Math.max(0, n - 3);
		const from = { x: points[m] ?? 0, y: points[m + 1] ?? 0 };
		const to = { x: points[n] ?? 0, y: points[n + 1] ?? 0 };
		if (distance(from, to, x, y) <= near) return true;
	}
	return false;
}

function nearEllipse(from: Point, to: Point, x: number, y: number, near: number): boolean {
	const wide = Math.max(1, Math.abs(to.x - from.x) / 2);
	const high = Math.max(1, Math.abs(to.y - from.y) / 2);
	const part = Math.hypot((x - (from.x + to.x) / 2) / wide, (y - (from.y + to.y) / 2) / high);
	return Math.abs(part - 1) * Math.min(wide, high) <= near;
}

/** From a place to a straight line between two points. */
function distance(from: Point, to: Point, x: number, y: number): number {
	const dx = to.x - from.x;
	const dy = to.y - from.y;
	const length = dx * dx + dy * dy;
	const part = length === 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / length;
	const along = Math.min(1, Math.max(0, part));
	return Math.hypot(x - from.x - along * dx, y - from.y - along * dy);
}
