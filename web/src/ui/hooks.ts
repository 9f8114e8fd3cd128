/** Small hooks over what the browser tells: media queries and sizes of elements. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

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

/**
 * Tells how large an element is on the screen, in device pixels, each time that changes; null when it is not
 * there, when it is scrolled or folded away, or not `wanted`.
 */
export function useShown(
	element: RefObject<HTMLElement | null>,
	wanted: boolean,
	told: (size: Size | null) => void,
): void {
	const tell = useRef(told);
	tell.current = told;
	useEffect(() => {
		const target = element.current;
		if (!target || !wanted) return;
		let onScreen = false;
		const say = () => tell.current(onScreen ? pixelsOf(target) : null);
		const seen = new IntersectionObserver((entries) => {
			onScreen = entries.at(-1)?.isIntersecting ?? false;
			say();
		});
		const resized = new ResizeObserver(say);
		seen.observe(target);
		resized.observe(target);
		return () => {
			seen.disconnect();
			resized.disconnect();
			tell.current(null);
		};
	}, [element, wanted]);
}

function pixelsOf({ clientWidth, clientHeight }: HTMLElement): Size {
	return { width: clientWidth * devicePixelRatio, height: clientHeight * devicePixelRatio };
}
