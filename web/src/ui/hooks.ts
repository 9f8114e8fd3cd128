/** Small hooks over what the browser tells: media queries and sizes of elements. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";

export function useMedia(query: string): boolean {
	const [matches, setMatches] = useState(() => matchMedia(query).matches);
	useEffect(() => {
		const list = matchMedia(query);
		const update = () => setMatches(list.matches);
		update();
		list.addEventListener("change", update);
		return () => list.removeEventListener("change", update);
	}, [query]);
	return matches;
}

/** When what has the focus is taken out of the page, one goes on in the room, not at the top of the page. */
export function useFocusKept(element: RefObject<HTMLElement | null>): void {
	useLayoutEffect(() => {
		const box = element.current;
		return () => {
			if (box?.contains(document.activeElement)) {
				document.querySelector("main")?.focus({ preventScroll: true });
			}
		};
	}, [element]);
}

export interface Size {
	readonly width: number;
	readonly height: number;
}

/** Size of an element's content box; measured before the first paint, so that nothing jumps. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
	const [size, setSize] = useState<Size>({ width: 0, height: 0 });
	useLayoutEffect(() => {
		const target = element.current;
		if (!target) return;
		const measure = () => {
			const next = { width: target.clientWidth, height: target.clientHeight };
			setSize((old) => (old.width === next.width && old.height === next.height ? old : next));
		};
		measure();
		const observer = new ResizeObserver(measure);
		observer.observe(target);
		return () => observer.disconnect();
	}, [element]);
	return size;
}
