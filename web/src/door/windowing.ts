/** Which rows of a long list are drawn: pure arithmetic over measured heights. */

export interface Row {
	readonly index: number;
	/** Distance from the top of the list, in pixels. */
	readonly top: number;
}

export interface Layout {
	/** Tops of all rows, and at the end the height of the list. */
	readonly tops: readonly number[];
}

/** `measured`: heights that are known, in pixels; every other row counts as `guess`. */
export function layOut(
	ids: readonly string[],
	measured: ReadonlyMap<string, number>,
	guess: number,
): Layout {
	const tops = [0];
	let top = 0;
	for (const id of ids) {
		top += measured.get(id) ?? guess;
		tops.push(top);
	}
	return { tops };
}

export function heightOf({ tops }: Layout): number {
	return tops.at(-1) ?? 0;
}

/** The row at this distance from the top; the last one below the end, -1 in an empty list. */
export function rowAt({ tops }: Layout, distance: number): number {
	let low = 0;
	let high = tops.length - 2;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if ((tops[middle] ?? 0) <= distance) low = middle;
		else high = middle - 1;
	}
	return Math.min(low, tops.length - 2);
}

/**
 * The rows in view and `around` more on either side, so that a Tab finds the next one; and the row
 * that has the focus, wherever it is, so that scrolling never takes the focus away.
 */
export function rowsIn(
	layout: Layout,
	scroll: number,
	height: number,
	around: number,
	focused: number | null,
): readonly Row[] {
	const count = layout.tops.length - 1;
	const first = Math.max(0, rowAt(layout, scroll) - around);
	const last = Math.min(count - 1, rowAt(layout, scroll + height) + around);
	const indexes = new Set<number>();
	for (let index = first; index <= last; index += 1) indexes.add(index);
	if (focused !== null && focused >= 0 && focused < count) indexes.add(focused);
	return [...indexes]
		.sort((a, b) => a - b)
		.map((index) => ({ index, top: layout.tops[index] ?? 0 }));
}
