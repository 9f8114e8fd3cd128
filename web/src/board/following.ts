/** Where somebody looks on a board, as it is told to the others: what they see of it, whatever the size of their screens. */
import type { View } from "../protocol/generated";
import { type Area, seen, type Window, windowOn } from "./geometry";
import { FARTHEST } from "./model";

/** Nobody moved it: everything, on the first page. */
export function isUntouched({ page, zoom, x, y, at }: View): boolean {
	return page === 1 && zoom === 1 && x === 0.5 && y === 0.5 && at === 0;
}

/** `page`: counted from 1. */
export function viewOf(window: Window, area: Area, page: number): View {
	const { left, top, right, bottom } = seen(window, area);
	return {
		page,
		zoom: within((right - left) / Math.max(1, bottom - top), 0.1, 20),
		x: partOf(window.x),
		y: partOf(window.y),
		at: within(right - left, 1, 1e7),
		playing: false,
	};
}

/** All of what the other one sees, and perhaps more. */
export function windowOf({ zoom: ratio, x, y, at: wide }: View, area: Area): Window {
	const high = wide / ratio;
	const middle = { x: placeOf(x), y: placeOf(y) };
	return windowOn(
		{
			left: middle.x - wide / 2,
			right: middle.x + wide / 2,
			top: middle.y - high / 2,
			bottom: middle.y + high / 2,
		},
		area,
	);
}

function partOf(place: number): number {
	return within((place + FARTHEST) / (2 * FARTHEST), 0, 1);
}

function placeOf(part: number): number {
	return part * 2 * FARTHEST - FARTHEST;
}

function within(value: number, least: number, most: number): number {
	return Math.min(most, Math.max(least, value));
}
