/** The focus in the list of who waits: rows go while somebody is at them, and the focus must not. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { focusRow } from "./focusHere";
import { type Layout, rowAt } from "./windowing";

interface Place {
	readonly id: string;
	readonly index: number;
}

/** Where the focus is now that the list has changed; null when it is not in the list. */
export function placeNow(before: Place | null, ids: readonly string[]): Place | null {
	if (!before || ids.length === 0) return null;
	const index = ids.indexOf(before.id);
	if (index >= 0) return { id: before.id, index };
	const next = Math.min(before.index, ids.length - 1);
	return { id: ids[next] ?? "", index: next };
}

/** Where a key leads from the row `index`; null when it is none of ours. `height`: of what is in view. */
export function rowForKey(
	key: string,
	index: number,
	layout: Layout,
	height: number,
): number | null {
	const last = layout.tops.length - 2;
	const top = layout.tops[index] ?? 0;
	switch (key) {
		case "PageDown":
			return Math.min(last, Math.max(index + 1, rowAt(layout, top + height)));
		case "PageUp":
			return Math.max(0, Math.min(index - 1, rowAt(layout, Math.max(0, top - height))));
		case "Home":
			return 0;
		case "End":
			return last;
		default:
			return null;
	}
}

/**
 * `index`: the row that has to be drawn, because it has the focus or is about to. Whose row goes while
 * the focus is in it, the focus goes to whoever comes up in that place: to the row, not to its Admit,
 * so that nobody is let in by a key that is still down.
 */
export function useFollowingFocus(
	frame: RefObject<HTMLElement | null>,
	ids: readonly string[],
	layout: Layout,
) {
	const place = useRef<Place | null>(null);
	const known = useRef(ids);
	/** The row that gets the focus when it is drawn. */
	const wanted = useRef<string | null>(null);
	const [, redraw] = useState(0);
	known.current = ids;
	const before = place.current;
	place.current = placeNow(before, ids);
	if (before && place.current && place.current.id !== before.id) wanted.current = place.current.id;
	useLayoutEffect(() => {
		const row = wanted.current !== null ? rowNamed(frame.current, wanted.current) : null;
		if (frame.current && row) focusRow(frame.current, row);
		wanted.current = null;
	});
	return {
		index: place.current?.index ?? null,
		handlers: {
			onFocusIn(event: FocusEvent) {
				const id = rowOf(event.target)?.getAttribute("data-knock") ?? null;
				place.current = id === null ? null : { id, index: known.current.indexOf(id) };
			},
			onFocusOut(event: FocusEvent) {
				// Taken out of the page, not left: then it is known no more.
				const id = rowOf(event.target)?.getAttribute("data-knock") ?? "";
				if (event.relatedTarget === null && known.current.includes(id)) place.current = null;
				if (event.relatedTarget !== null && !rowOf(event.relatedTarget)) place.current = null;
			},
			onKeyDown(event: KeyboardEvent) {
				if (!place.current || event.target instanceof HTMLInputElement) return;
				const height = frame.current?.clientHeight ?? 0;
				const index = rowForKey(event.key, place.current.index, layout, height);
				const id = index === null ? undefined : known.current[index];
				if (index === null || id === undefined || !frame.current) return;
				event.preventDefault();
				frame.current.scrollTop = layout.tops[index] ?? 0;
				place.current = { id, index };
				wanted.current = id;
				redraw((count) => count + 1);
			},
		},
	};
}

function rowOf(target: EventTarget | null): Element | null {
	return target instanceof Element ? target.closest("[data-knock]") : null;
}

function rowNamed(frame: HTMLElement | null, id: string): HTMLElement | null {
	return frame?.querySelector<HTMLElement>(`[data-knock="${CSS.escape(id)}"]`) ?? null;
}
