/** A board as SVG, from the same outlines as on the screen. */
import { around } from "./geometry";
import { type Box, isImage, isWriting, LINE_HEIGHT, type PastedImage, type Placed } from "./model";
import { notePath, opacityOf, outlineOf } from "./outline";
import { boxOfPlaced, type Palette, wrapped } from "./paint";

const MARGIN = 40;
const PADDING = 12;

type BytesOf = (image: PastedImage) => Uint8Array | null;

export function toSvg(
	objects: readonly Placed[],
	palette: Palette,
	title: string,
	bytesOf: BytesOf,
): string {
	const box = paperOf(objects);
	const width = box.right - box.left;
	const height = box.bottom - box.top;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.left} ${box.top} ${width} ${height}"`,
		` width="${width}" height="${height}" role="img"><title>${escaped(title)}</title>`,
		`<rect x="${box.left}" y="${box.top}" width="${width}" height="${height}"`,
		` fill="${palette.paper}"/>`,
		...objects.map((placed) => element(placed, palette, bytesOf)),
		"</svg>\n",
	].join("");
}

/** Everything, with some paper around it. */
export function paperOf(objects: readonly Placed[]): Box {
	const box = around(objects.map(boxOfPlaced)) ?? { left: 0, top: 0, right: 400, bottom: 300 };
	return {
		left: Math.floor(box.left - MARGIN),
		top: Math.floor(box.top - MARGIN),
		right: Math.ceil(box.right + MARGIN),
		bottom: Math.ceil(box.bottom + MARGIN),
	};
}

function element({ drawn, by }: Placed, palette: Palette, bytesOf: BytesOf): string {
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
			? wrapped(drawn.text, drawn.side - 2 * PADDING, (text) => text.length * drawn.size * 0.5)
			: drawn.text.split("\n");
		const rows = lines.map((line, n) => {
			const y = drawn.at.y + inset + (n * LINE_HEIGHT + 0.85) * drawn.size;
			return `<tspan x="${drawn.at.x + inset}" y="${y}">${escaped(line)}</tspan>`;
		});
		const ink = isNote ? palette.colours.ink : colour;
		return `<g${moved}>${paper}<text font-family="sans-serif" font-size="${drawn.size}" fill="${ink}">${rows.join("")}</text></g>`;
	}
	if (isImage(drawn)) return `<g${moved}>${imageElement(drawn, bytesOf(drawn))}</g>`;
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

function imageElement({ from, to, name }: PastedImage, bytes: Uint8Array | null): string {
	const x = Math.min(from.x, to.x);
	const y = Math.min(from.y, to.y);
	const place = `x="${x}" y="${y}" width="${Math.abs(to.x - from.x)}" height="${Math.abs(to.y - from.y)}"`;
	if (!bytes) return `<rect ${place} fill="none" stroke="currentColor"/>`;
	let raw = "";
	for (const byte of bytes) raw += String.fromCharCode(byte);
	const address = `data:image/jpeg;base64,${btoa(raw)}`;
	return `<image ${place} preserveAspectRatio="none" href="${address}"><title>${escaped(name)}</title></image>`;
}
