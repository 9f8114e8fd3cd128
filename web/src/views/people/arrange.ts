/**
 * Where each tile lies. Plain arithmetic: tiles fill the space best, and stay where they are unless
 * moving them gains enough to be worth the unrest.
 */
import type { Rect } from "../../ui/place";

export type Mode = "grid" | "speaker" | "strip";

export interface Space {
	readonly width: number;
	readonly height: number;
	readonly gap: number;
}

export interface Arrangement {
	readonly rects: readonly Rect[];
	/** Size of all tiles together; more than the space when it has to scroll. */
	readonly width: number;
	readonly height: number;
	/** To be passed in again, so that the next arrangement stays close to this one. */
	readonly columns: number;
	/** How many found a place, the large one included; the others wait (speaker mode only). */
	readonly shown: number;
	/** Where to tell how many wait; null when nobody does. */
	readonly more: Rect | null;
}

/** A picture is cropped to anything between a square and 16:9. */
const widest = 16 / 9;
const narrowest = 1;
/** Who speaks, on an upright phone, may be taller than a square. */
const narrowestLarge = 3 / 4;
/** Another number of columns has to gain this much area. */
const worthMoving = 1.12;
const smallestTile = 128;

export function arrangeGrid(count: number, space: Space, previousColumns = 0): Arrangement {
	const columns = bestColumns(count, space, previousColumns);
	const cell = cellOf(count, columns, space);
	if (cell.width < smallestTile && space.width > 0) return scrollingGrid(count, space);
	return layRows(count, columns, cell, space);
}

function bestColumns(count: number, space: Space, previous: number): number {
	let best = 1;
	let bestArea = -1;
	for (let columns = 1; columns <= count; columns += 1) {
		const cell = cellOf(count, columns, space);
		const area = cell.width * cell.height * (columns === previous ? worthMoving : 1);
		if (area > bestArea) {
			bestArea = area;
			best = columns;
		}
	}
	return best;
}

interface Cell {
	readonly width: number;
	readonly height: number;
}

function cellOf(count: number, columns: number, { width, height, gap }: Space): Cell {
	const rows = Math.ceil(count / columns);
	const free = {
		width: (width - gap * (columns - 1)) / columns,
		height: (height - gap * (rows - 1)) / rows,
	};
	return crop(free, narrowest);
}

/** The largest allowed picture inside a free area. */
function crop(free: Cell, narrow: number): Cell {
	const width = Math.max(0, Math.min(free.width, free.height * widest));
	const height = Math.max(0, Math.min(free.height, width / narrow));
	return { width: Math.floor(width), height: Math.floor(height) };
}

function layRows(count: number, columns: number, cell: Cell, space: Space): Arrangement {
	const rows = Math.ceil(count / columns);
	const { gap } = space;
	const tall = rows * cell.height + (rows - 1) * gap;
	const top = Math.max(0, Math.floor((space.height - tall) / 2));
	const rects: Rect[] = [];
	for (let index = 0; index < count; index += 1) {
		const row = Math.floor(index / columns);
		const inRow = Math.min(columns, count - row * columns);
		const wide = inRow * cell.width + (inRow - 1) * gap;
		const left = Math.floor((space.width - wide) / 2);
		rects.push({
			x: left + (index - row * columns) * (cell.width + gap),
			y: top + row * (cell.height + gap),
			...cell,
		});
	}
	return {
		rects,
		width: space.width,
		height: Math.max(space.height, tall),
		columns,
		shown: count,
		more: null,
	};
}

/** Too many for the space: tiles keep a size at which faces can be told apart, and the grid scrolls. */
function scrollingGrid(count: number, space: Space): Arrangement {
	const columns = Math.max(1, Math.floor((space.width + space.gap) / (smallestTile + space.gap)));
	const width = Math.floor((space.width - space.gap * (columns - 1)) / columns);
	return layRows(count, columns, { width, height: width }, { ...space, height: 0 });
}

/** One large picture, the others in a line beside it (wide) or below it (tall). */
export function arrangeSpeaker(count: number, large: number, space: Space): Arrangement {
	if (count <= 1) return arrangeGrid(count, space);
	const beside = space.width > space.height * 1.25;
	const small = lineTile(count - 1, beside, space);
	const main = beside
		? { width: space.width - small.width - space.gap, height: space.height }
		: { width: space.width, height: space.height - small.height - space.gap };
	const slots = lineSlots(count - 1, beside, small, main, space);
	const big = crop(main, narrowestLarge);
	const middle = {
		x: Math.floor((main.width - big.width) / 2),
		y: Math.floor((main.height - big.height) / 2),
		...big,
	};
	// With too many for the line, its last place tells how many more there are.
	const shownSmall = slots.length < count - 1 ? slots.length - 1 : slots.length;
	const last = slots.at(-1) ?? middle;
	const rects = Array.from({ length: count }, (_, index) => {
		if (index === large) return middle;
		return slots[index < large ? index : index - 1] ?? last;
	});
	const more = shownSmall < count - 1 ? last : null;
	return { ...space, rects, columns: 0, shown: shownSmall + 1, more };
}

const smallestInLine = 76;

/** Small tiles shrink before any is left out. */
function lineTile(count: number, beside: boolean, { width, height, gap }: Space): Cell {
	const length = beside ? height : width;
	const share = Math.floor((length + gap) / count - gap);
	if (beside) {
		const across = clamp(Math.floor(width * 0.2), 112, 240);
		const tall = clamp(share, smallestInLine, Math.floor(across * 0.625));
		return { width: Math.min(across, Math.floor(tall * widest)), height: tall };
	}
	const across = clamp(Math.floor(height * 0.2), 84, 160);
	const wide = clamp(share, smallestInLine, Math.floor(across * 1.2));
	return { width: wide, height: Math.min(across, Math.floor(wide / 0.8)) };
}

function lineSlots(count: number, beside: boolean, small: Cell, main: Cell, space: Space): Rect[] {
	const { gap } = space;
	const length = beside ? space.height : space.width;
	const step = (beside ? small.height : small.width) + gap;
	const fit = Math.min(count, Math.max(1, Math.floor((length + gap) / step)));
	const start = Math.max(0, Math.floor((length + gap - fit * step) / 2));
	return Array.from({ length: fit }, (_, index) => {
		const along = start + index * step;
		return beside
			? { x: main.width + gap, y: along, ...small }
			: { x: along, y: main.height + gap, ...small };
	});
}

/** Everybody in one line, along the longer side; it scrolls. */
export function arrangeStrip(count: number, space: Space): Arrangement {
	const upright = space.height > space.width;
	const across = upright ? space.width : space.height;
	const cell = upright
		? { width: across, height: Math.floor(across * 0.75) }
		: { width: Math.floor(across * (across > 100 ? widest : 1.25)), height: across };
	const step = (upright ? cell.height : cell.width) + space.gap;
	const along = count * step - space.gap;
	const start = Math.max(0, Math.floor(((upright ? space.height : space.width) - along) / 2));
	const rects = Array.from({ length: count }, (_, index) =>
		upright
			? { x: 0, y: start + index * step, ...cell }
			: { x: start + index * step, y: 0, ...cell },
	);
	return {
		rects,
		width: upright ? across : Math.max(space.width, along),
		height: upright ? Math.max(space.height, along) : across,
		columns: 0,
		shown: count,
		more: null,
	};
}

function clamp(value: number, low: number, high: number): number {
	return Math.min(high, Math.max(low, value));
}
