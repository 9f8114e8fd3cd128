/** A board as a file: each page as it is painted, in one PNG or as the pages of a PDF. */
import type { BoardDocument } from "./document";
import { fitting } from "./geometry";
import type { Images } from "./images";
import { type Palette, paint, refine } from "./paint";
import { paperOf } from "./svg";

/** Of a picture, on its long side: what browsers can still draw. */
const MOST_PIXELS = 8_000;
const SHARPNESS = 2;

export async function toPng(
	board: BoardDocument,
	palette: Palette,
	images: Images,
): Promise<Blob | null> {
	const canvas = await paintedPage(board, board.page, palette, images);
	return canvas && new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** One page of a board, all of it. */
export async function paintedPage(
	board: BoardDocument,
	page: string,
	palette: Palette,
	images: Images,
	most = MOST_PIXELS,
): Promise<HTMLCanvasElement | null> {
	const objects = board.objectsOn(page);
	const background = board.pages.find(({ id }) => id === page)?.background ?? "plain";
	await images.ready(objects);
	const box = paperOf(objects);
	const width = box.right - box.left;
	const height = box.bottom - box.top;
	const ratio = Math.min(SHARPNESS, most / Math.max(width, height));
	const canvas = document.createElement("canvas");
	canvas.width = Math.ceil(width * ratio);
	canvas.height = Math.ceil(height * ratio);
	const context = canvas.getContext("2d");
	if (!context) return null;
	const area = { width, height };
	const window = { ...fitting(box, area), zoom: 1 };
	const imageOf = (drawn: Parameters<Images["of"]>[0]) => images.of(drawn);
	const picture = { objects, background, window, area, palette, ratio, imageOf };
	refine(paint(context, picture), Number.POSITIVE_INFINITY);
	paint(context, picture);
	return canvas;
}
