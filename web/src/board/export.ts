/** A board as a file: PNG as it is painted, SVG from the same outlines. */
import type { BoardDocument } from "./document";
import { around, fitting } from "./geometry";
import { type Box, isWriting, LINE_HEIGHT, NOTE_SIDE, type Placed } from "./model";
import { notePath, opacityOf, outlineOf } from "./outline";
import { boxOfPlaced, type Palette, paint, refine, wrapped } from "./paint";

const MARGIN = 40;
/** Of a picture, on its long side: what browsers can still draw. */
const MOST_PIXELS = 8_000;
const SHARPNESS = 2;
const PADDING = 12;

export function toSvg(objects: readonly Placed[], palette: Palette, title: string): string {
	const box = paperOf(objects);
	const width = box.right - box.left;
	const height = box.bottom - box.top;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.left} ${box.top} ${width} ${height}"`,
		` width="${width}" height="${height}" role="img"><title>${escaped(title)}</title>`,
		`<rect x="${box.left}" y="${box.top}" width="${width}" height="${height}"`,
		` fill="${palette.paper}"/>`,
		...objects.map((placed) => element(placed, palette)),
		"</svg>\n",
	].join("");
}

export async function toPng(
	board: Pick<BoardDocument, "objects" | "background">,
	palette: Palette,
): Promise<Blob | null> {
	const box = paperOf(board.objects);
	const width = box.right - box.left;
	const height = box.bottom - box.top;
	const ratio = Math.min(SHARPNESS, MOST_PIXELS / Math.max(width, height));
	const canvas = document.createElement("canvas");
	canvas.width = Math.ceil(width * ratio);
	canvas.height = Math.ceil(height * ratio);
	const context = canvas.getContext("2d");
	if (!context) return null;
	const area = { width, height };
	const window = { ...fitting(box, area), zoom: 1 };
	const picture = { ...board, objects: board.objects, background: board.background };
	const all = { ...picture, window, area, palette, ratio };
	refine(paint(context, all), Number.POSITIVE_INFINITY);
	paint(context, all);
	return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Everything, with some paper around it. */
function paperOf(objects: readonly Placed[]): Box {
	const box = around(objects.map(boxOfPlaced)) ?? { left: 0, top: 0, right: 400, bottom: 300 };
	return {
		left: Math.floor(box.left - MARGIN),
		top: Math.floor(box.top - MARGIN),
		right: Math.ceil(box.right + MARGIN),
		bottom: Math.ceil(box.bottom + MARGIN),
	};
}

function element({ drawn, by }: Placed, palette: Palette): string {
	const moved = by.x || by.y ? ` transform="translate(${by.x} ${by.y})"` : "";
	const colour = palette.colours[drawn.colour];
	if (isWriting(drawn)) {
		const isNote = drawn.kind === "note";
		const inset = isNote ? PADDING : 0;
		const paper = isNote
			? `<path d="${notePath(drawn)}" fill="${palette.note[drawn.colour]}"/>`
			: "";
		// About as wide as letters are: no canvas is asked.
		const lines = isNote
			? wrapped(drawn.text, NOTE_SIDE - 2 * PADDING, (text) => text.length * drawn.size * 0.5)
			: drawn.text.split("\n");
		const rows = lines.map((line, n) => {
			const y = drawn.at.y + inset + (n * LINE_HEIGHT + 0.85) * drawn.size;
			return `<tspan x="${drawn.at.x + inset}" y="${y}">${escaped(line)}</tspan>`;
		});
		const ink = isNote ? palette.colours.ink : colour;
		return `<g${moved}>${paper}<text font-family="sans-serif" font-size="${drawn.size}" fill="${ink}">${rows.join("")}</text></g>`;
	}
	const { path, fill } = outlineOf(drawn);
	const opacity = opacityOf(drawn.kind);
	const faint = opacity === 1 ? "" : ` opacity="${opacity}"`;
	const look = fill
		? `fill="${colour}"`
		: `fill="none" stroke="${colour}" stroke-width="${drawn.size}" stroke-linecap="round" stroke-linejoin="round"`;
	return `<path d="${path}" ${look}${faint}${moved}/>`;
}

function escaped(text: string): string {
	return text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;");
}
