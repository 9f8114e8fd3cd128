/**
 * A board as PDF (ISO 32000-1): each page one picture, compressed without loss. Written by hand: five kinds of
 * objects are all it takes.
 */
import type { BoardDocument } from "./document";
import { paintedPage } from "./export";
import type { Images } from "./images";
import type { Palette } from "./paint";

/** Of one page, on its long side: several of them have to fit into the memory of a phone. */
const MOST_PIXELS = 4_000;
/** A pixel of the page, in points; and the longest side that readers accept, in points. */
const POINTS = 0.375;
const LONGEST = 14_000;

interface Sheet {
	readonly width: number;
	readonly height: number;
	/** Red, green and blue of each pixel, compressed. */
	readonly pixels: Blob;
}

/** Null where the browser has no canvas for it. */
export async function toPdf(
	board: BoardDocument,
	palette: Palette,
	images: Images,
): Promise<Blob | null> {
	const sheets: Sheet[] = [];
	for (const { id } of board.pages) {
		const canvas = await paintedPage(board, id, palette, images, MOST_PIXELS);
		const context = canvas?.getContext("2d");
		if (!canvas || !context) return null;
		const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
		const pixels = await compressed(withoutAlpha(data));
		sheets.push({ width: canvas.width, height: canvas.height, pixels });
		// Its memory is needed for the next one.
		canvas.width = 0;
	}
	return pdfOf(sheets);
}

export function pdfOf(sheets: readonly Sheet[]): Blob {
	const kids = sheets.map((_, n) => `${3 + 3 * n} 0 R`).join(" ");
	const objects: BlobPart[][] = [
		["<< /Type /Catalog /Pages 2 0 R >>"],
		[`<< /Type /Pages /Count ${sheets.length} /Kids [${kids}] >>`],
		...sheets.flatMap((sheet, n) => objectsOf(sheet, 3 + 3 * n)),
	];
	const parts: BlobPart[] = ["%PDF-1.4\n"];
	const places: number[] = [];
	let at = sizeOf(parts);
	for (const [n, body] of objects.entries()) {
		places.push(at);
		const object = [`${n + 1} 0 obj\n`, ...body, "\nendobj\n"];
		parts.push(...object);
		at += sizeOf(object);
	}
	const rows = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`);
	parts.push(`xref\n0 ${rows.length + 1}\n0000000000 65535 f \n${rows.join("")}`);
	parts.push(`trailer\n<< /Size ${rows.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`);
	return new Blob(parts, { type: "application/pdf" });
}

/** A page, what it shows, and the picture; numbered from `first`. */
function objectsOf({ width, height, pixels }: Sheet, first: number): BlobPart[][] {
	const scale = Math.min(POINTS, LONGEST / Math.max(width, height));
	const [wide, high] = [(width * scale).toFixed(2), (height * scale).toFixed(2)];
	const shown = `${wide} 0 0 ${high} 0 0 cm /Im Do`;
	const picture = [
		`<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height}`,
		" /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode",
		` /Length ${pixels.size} >>\nstream\n`,
	].join("");
	return [
		[
			`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${wide} ${high}] /Contents ${first + 1} 0 R`,
			` /Resources << /XObject << /Im ${first + 2} 0 R >> >> >>`,
		],
		[`<< /Length ${shown.length} >>\nstream\n${shown}\nendstream`],
		[picture, pixels, "\nendstream"],
	];
}

function sizeOf(parts: readonly BlobPart[]): number {
	return new Blob([...parts]).size;
}

function withoutAlpha(data: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
	const out = new Uint8Array((data.length / 4) * 3);
	for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
		out[to] = data[from] ?? 0;
		out[to + 1] = data[from + 1] ?? 0;
		out[to + 2] = data[from + 2] ?? 0;
	}
	return out;
}

/** RFC 1950, as PDF has it. */
async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
	const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
	return new Response(stream).blob();
}
