/** Where somebody looks: from a view to a place in a window that scrolls, and back. Plain numbers. */
import type { View } from "../../protocol/generated";
import type { Size } from "../../ui/hooks";

const STEP = 1.25;
const SMALLEST = 0.5;
const LARGEST = 8;

export const FIT: View = { page: 1, zoom: 1, x: 0.5, y: 0.5, at: 0, playing: false };
/** Texts begin at their beginning. */
export const TOP: View = { ...FIT, y: 0 };

export function zoomed(view: View, direction: 1 | -1): View {
	const zoom = view.zoom * STEP ** direction;
	return { ...view, zoom: Math.min(LARGEST, Math.max(SMALLEST, zoom)) };
}

/** As large as fits into the window, never larger than it is by itself. */
export function fitted(natural: Size, area: Size): Size {
	if (natural.width === 0 || natural.height === 0) return { width: 0, height: 0 };
	const scale = Math.min(1, area.width / natural.width, area.height / natural.height);
	return { width: natural.width * scale, height: natural.height * scale };
}

/** Seconds by which two players may differ: less than that a jump would be worse. */
const DRIFT = 2;

/** Whether a player has to be moved, or was: `since` are the seconds since `view` was said. */
export function isElsewhere(view: View, since: number, now: number): boolean {
	return Math.abs(now - (view.at + (view.playing ? since : 0))) > DRIFT;
}

interface Scrolled {
	readonly scrollLeft: number;
	readonly scrollTop: number;
	readonly scrollWidth: number;
	readonly scrollHeight: number;
	readonly clientWidth: number;
	readonly clientHeight: number;
}

/** What is in the middle of the window, as parts of the whole. */
export function middleOf(area: Scrolled): Pick<View, "x" | "y"> {
	return {
		x: part(area.scrollLeft + area.clientWidth / 2, area.scrollWidth),
		y: part(area.scrollTop + area.clientHeight / 2, area.scrollHeight),
	};
}

/** Where to scroll to, so that the middle of the window is there. */
export function placeOf(
	view: View,
	area: Scrolled,
): { readonly left: number; readonly top: number } {
	return {
		left: within(
			view.x * area.scrollWidth - area.clientWidth / 2,
			area.scrollWidth - area.clientWidth,
		),
		top: within(
			view.y * area.scrollHeight - area.clientHeight / 2,
			area.scrollHeight - area.clientHeight,
		),
	};
}

function part(value: number, whole: number): number {
	return whole === 0 ? 0.5 : Math.min(1, Math.max(0, value / whole));
}

function within(value: number, most: number): number {
	return Math.min(Math.max(0, most), Math.max(0, value));
}
