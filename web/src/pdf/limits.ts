/** How large a page of a PDF may be, and a picture of it. Plain numbers. */
import type { Size } from "../ui/hooks";

/** Pixels of the one page that is painted: 4 bytes each. */
const MOST_PIXELS = 16_000_000;
/** No browser paints on more. */
const LONGEST = 8_192;
/** Pixels of the longer side of a page that is drawn on: whiteboards keep no larger ones (board/images.ts). */
const DRAWN_SIDE = 1_600;
/** How much longer than wide a page may be, or the other way round. */
const MOST_STRETCHED = 100;
/** As much as is needed of a file to find anything in it is kept in memory. */
export const LARGEST_FILE = 500_000_000;

export function isShowable({ width, height }: Size): boolean {
	const ratio = width / height;
	return (
		Number.isFinite(ratio) && ratio > 0 && ratio <= MOST_STRETCHED && 1 / ratio <= MOST_STRETCHED
	);
}

/** How wide a page is painted that is drawn on. */
export function drawnWidth({ width, height }: Size): number {
	return DRAWN_SIDE * Math.min(1, width / height);
}

/** Whole pixels of a canvas for a page that is to be so wide. */
export function canvasFor(page: Size, width: number): Size {
	const ratio = page.height / page.width;
	const fitting = Math.min(width, LONGEST, LONGEST / ratio, Math.sqrt(MOST_PIXELS / ratio));
	return {
		width: Math.max(1, Math.floor(fitting)),
		height: Math.max(1, Math.floor(fitting * ratio)),
	};
}
