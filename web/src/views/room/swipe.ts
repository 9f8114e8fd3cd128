/** On a small screen, a swipe goes to the panel beside. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { type Panel, tab } from "./ui";

const order: readonly Panel[] = ["people", "content", "chat"];
const farEnough = 64;

export function useSwipe(area: RefObject<HTMLElement | null>, compact: boolean): void {
	useEffect(() => {
		const element = area.current;
		if (!element || !compact) return;
		let start: Touch | undefined;
		const down = (event: TouchEvent) => {
			start = event.touches.length === 1 && !isTaken(event.target) ? event.touches[0] : undefined;
		};
		const up = (event: TouchEvent) => {
			const end = event.changedTouches[0];
			if (start && end) swipe(end.clientX - start.clientX, end.clientY - start.clientY);
			start = undefined;
		};
		element.addEventListener("touchstart", down, { passive: true });
		element.addEventListener("touchend", up, { passive: true });
		return () => {
			element.removeEventListener("touchstart", down);
			element.removeEventListener("touchend", up);
		};
	}, [area, compact]);
}

/** What scrolls sideways or takes text has its own use for a swipe. */
function isTaken(target: EventTarget | null): boolean {
	return (
		target instanceof Element &&
		target.closest("input, textarea, select, [data-mode=strip]") !== null
	);
}

function swipe(across: number, down: number): void {
	if (Math.abs(across) < farEnough || Math.abs(across) < Math.abs(down) * 2) return;
	const next = order[order.indexOf(tab.value) + (across < 0 ? 1 : -1)];
	if (next) tab.value = next;
}
