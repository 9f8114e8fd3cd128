/** A window on something larger: scrolled, made larger and smaller, and moved by whoever presents. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { View } from "../../protocol/generated";
import { type Size, useSize } from "../../ui/hooks";
import { setProperty } from "../../ui/place";
import { FIT, fitted, middleOf, placeOf, zoomed } from "./look";

interface BoardProps {
	readonly label: string;
	readonly view: View;
	/** Pixels; null for what is as wide as the window, and as high as it has to be. */
	readonly natural: Size | null;
	/** Everything is there that takes up space. */
	readonly loaded: boolean;
	readonly onLook: (view: View) => void;
	readonly children: ComponentChildren;
}

/** Pixels by which browsers round. */
const ROUNDING = 2;

export function Board({ label, view, natural, loaded, onLook, children }: BoardProps) {
	const area = useRef<HTMLDivElement>(null);
	const sheet = useRef<HTMLDivElement>(null);
	const moved = useRef({ left: 0, top: 0 });
	const size = useSize(area);
	// Loaded or not: what is there takes up space.
	useLayoutEffect(() => {
		const window = area.current;
		if (!window || !sheet.current) return;
		resize(sheet.current, natural && fitted(natural, size), view.zoom);
		const { left, top } = placeOf(view, window);
		// What is there already is left alone: a finger may be moving it.
		if (isOff(window.scrollLeft, left)) window.scrollLeft = left;
		if (isOff(window.scrollTop, top)) window.scrollTop = top;
		moved.current = { left: window.scrollLeft, top: window.scrollTop };
	}, [view, natural, loaded, size]);
	const scrolled = (window: HTMLElement) => {
		const { left, top } = moved.current;
		if (!isOff(window.scrollLeft, left) && !isOff(window.scrollTop, top)) return;
		moved.current = { left: window.scrollLeft, top: window.scrollTop };
		if (loaded) onLook({ ...view, ...middleOf(window) });
	};
	return (
		<section
			ref={area}
			class="board"
			aria-label={label}
			// biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keyboard too.
			tabIndex={0}
			onScroll={(event) => scrolled(event.currentTarget)}
			onKeyDown={(event) => {
				const next = keyed(event, view);
				if (next) onLook(next);
			}}
		>
			<div ref={sheet} class={natural ? "board-sheet" : "board-text"}>
				{children}
			</div>
		</section>
	);
}

function isOff(now: number, wanted: number): boolean {
	return Math.abs(now - wanted) > ROUNDING;
}

function resize(sheet: HTMLElement, fit: Size | null, zoom: number): void {
	setProperty(sheet, "--board-zoom", String(zoom));
	if (fit) setProperty(sheet, "--board-width", `${fit.width * zoom}px`);
}

function keyed(event: KeyboardEvent, view: View): View | null {
	if (event.ctrlKey || event.metaKey || event.altKey) return null;
	if (event.key === "+" || event.key === "=") return zoomed(view, 1);
	if (event.key === "-") return zoomed(view, -1);
	return event.key === "0" ? { ...FIT, page: view.page } : null;
}
