/**
 * Moves the focus within the card and back out of it. The card is always in sight; a browser that brings
 * what gets the focus into view would move the page below it, and on a phone far.
 */
export function focusHere(element: HTMLElement | null | undefined): void {
	element?.focus({ preventScroll: true });
}

/** The same for a row of a list that scrolls by itself. */
export function focusRow(frame: HTMLElement, row: HTMLElement): void {
	focusHere(row);
	const outer = frame.getBoundingClientRect();
	const inner = row.getBoundingClientRect();
	if (inner.top < outer.top) frame.scrollTop += inner.top - outer.top;
	else if (inner.bottom > outer.bottom) {
		frame.scrollTop += Math.min(inner.bottom - outer.bottom, inner.top - outer.top);
	}
}
