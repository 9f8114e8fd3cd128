/** The shape of a stroke, and of what is drawn with lines, as SVG path data: for the canvas and for files. */
import { getStroke } from "perfect-freehand";
import { isStroke, type Shape, type Stroke, type Writing } from "./model";

/** Filled: pens. Drawn along: everything else. */
export interface Outline {
	readonly path: string;
	readonly fill: boolean;
}

const THINNING = { pen: 0.55, marker: 0, highlighter: 0 } as const;
const HEAD = 4;

export function outlineOf(drawn: Stroke | Shape): Outline {
	return isStroke(drawn) ? strokeOutline(drawn) : { path: shapePath(drawn), fill: false };
}

/**
 * As good as the outline where it is small, and much cheaper: along its points, but for those that lie nearer
 * than `least` to the one before.
 */
export function trace(
	line: Pick<CanvasPath, "moveTo" | "lineTo">,
	{ points }: Stroke,
	least: number,
): void {
	let x = points[0] ?? 0;
	let y = points[1] ?? 0;
	line.moveTo(x, y);
	const last = points.length - 3;
	for (let n = Math.min(3, last); n <= last; n += 3) {
		const toX = points[n] ?? 0;
		const toY = points[n + 1] ?? 0;
		if (n < last && Math.abs(toX - x) < least && Math.abs(toY - y) < least) continue;
		line.lineTo(toX, toY);
		x = toX;
		y = toY;
	}
}

/** The paper of a note. */
export function notePath({ at: { x, y }, side }: Writing): string {
	return `M${x} ${y}h${side}v${side}h${-side}Z`;
}

export function opacityOf(kind: string): number {
	return kind === "highlighter" ? 0.35 : 1;
}

function strokeOutline({ kind, points, size }: Stroke): Outline {
	const input: [number, number, number][] = [];
	for (let n = 0; n < points.length; n += 3) {
		input.push([points[n] ?? 0, points[n + 1] ?? 0, points[n + 2] ?? 0.5]);
	}
	const polygon = getStroke(input, {
		size,
		thinning: THINNING[kind],
		smoothing: 0.5,
		streamline: 0.35,
		simulatePressure: false,
		last: true,
	});
	return { path: rounded(polygon), fill: true };
}

/** Through the middle of each side, so that no corner shows. */
function rounded(polygon: readonly (readonly number[])[]): string {
	const [first] = polygon;
	if (!first) return "";
	const parts = [`M${short(first[0])} ${short(first[1])}Q`];
	for (let n = 0; n < polygon.length; n += 1) {
		const [x0 = 0, y0 = 0] = polygon[n] ?? [];
		const [x1 = 0, y1 = 0] = polygon[(n + 1) % polygon.length] ?? [];
		parts.push(`${short(x0)} ${short(y0)} ${short((x0 + x1) / 2)} ${short((y0 + y1) / 2)} `);
	}
	return `${parts.join("")}Z`;
}

function short(value = 0): string {
	return value.toFixed(2);
}

function shapePath({ kind, from, to, size }: Shape): string {
	if (kind === "rectangle") return `M${from.x} ${from.y}H${to.x}V${to.y}H${from.x}Z`;
	if (kind === "ellipse") return ellipsePath(from.x, from.y, to.x, to.y);
	const line = `M${from.x} ${from.y}L${to.x} ${to.y}`;
	return kind === "line" ? line : line + headPath(from.x, from.y, to.x, to.y, size);
}

function ellipsePath(x0: number, y0: number, x1: number, y1: number): string {
	const rx = Math.abs(x1 - x0) / 2;
	const ry = Math.abs(y1 - y0) / 2;
	const left = Math.min(x0, x1);
	const middle = (y0 + y1) / 2;
	const arc = `A${rx} ${ry} 0 1 0`;
	return `M${left} ${middle}${arc} ${left + 2 * rx} ${middle}${arc} ${left} ${middle}Z`;
}

function headPath(x0: number, y0: number, x1: number, y1: number, size: number): string {
	const angle = Math.atan2(y1 - y0, x1 - x0);
	const length = HEAD * size + 6;
	const [one, other] = [-1, 1].map((side) => {
		const turn = angle + side * 0.42 + Math.PI;
		return `${short(x1 + length * Math.cos(turn))} ${short(y1 + length * Math.sin(turn))}`;
	});
	return `M${one}L${x1} ${y1}L${other}`;
}
