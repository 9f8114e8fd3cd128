/** The list of who waits. Only what is in view is drawn: a thousand may knock at once. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Knocker } from "../protocol/generated";
import { useSize } from "../ui/hooks";
import { setProperty } from "../ui/place";
import { useFollowingFocus } from "./followingFocus";
import type { CardModel } from "./model";
import { Person } from "./Person";
import { heightOf, layOut, rowsIn } from "./windowing";
import { words } from "./words";

interface WaitingListProps {
	readonly model: CardModel;
	readonly waiting: readonly Knocker[];
}

/** Height of somebody whose row was not drawn yet, in pixels. */
const GUESS = 170;
/** Rows drawn beyond either edge. */
const AROUND = 3;

export function WaitingList({ model, waiting }: WaitingListProps) {
	const frame = useRef<HTMLDivElement>(null);
	const list = useRef<HTMLOListElement>(null);
	const [scroll, setScroll] = useState(0);
	const { heights, observer } = useHeights();
	const { height } = useSize(frame);
	const ids = waiting.map(({ id }) => id);
	const layout = layOut(ids, heights, GUESS);
	const focus = useFollowingFocus(frame, ids, layout);
	useLayoutEffect(() => {
		if (list.current) setProperty(list.current, "--height", `${heightOf(layout)}px`);
	});
	return (
		<div
			ref={frame}
			class="door-frame"
			hidden={waiting.length === 0}
			onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
			{...focus.handlers}
		>
			{/* biome-ignore lint/a11y/noRedundantRoles: Safari takes the role from lists without bullets. */}
			<ol ref={list} class="door-list" role="list" aria-label={words.value.list}>
				{rowsIn(layout, scroll, height, AROUND, focus.index).map(({ index, top }) => {
					const knocker = waiting[index];
					return (
						knocker && (
							<Row
								key={knocker.id}
								model={model}
								knocker={knocker}
								index={index}
								count={waiting.length}
								top={top}
								observer={observer}
							/>
						)
					);
				})}
			</ol>
		</div>
	);
}

interface RowProps {
	readonly model: CardModel;
	readonly knocker: Knocker;
	readonly index: number;
	readonly count: number;
	readonly top: number;
	readonly observer: RefObject<ResizeObserver | null>;
}

function Row({ model, knocker, index, count, top, observer }: RowProps) {
	const row = useRef<HTMLLIElement>(null);
	useLayoutEffect(() => {
		if (row.current) setProperty(row.current, "--top", `${top}px`);
	}, [top]);
	useEffect(() => {
		const element = row.current;
		if (!element) return;
		observer.current?.observe(element);
		return () => observer.current?.unobserve(element);
	}, [observer]);
	return (
		<li
			ref={row}
			class="door-row"
			tabIndex={-1}
			data-knock={knocker.id}
			aria-setsize={count}
			aria-posinset={index + 1}
		>
			<Person model={model} knocker={knocker} />
		</li>
	);
}

/** Heights of rows as they were last drawn, by knock id. */
function useHeights() {
	const heights = useRef(new Map<string, number>()).current;
	const [, redraw] = useState(0);
	const observer = useRef<ResizeObserver | null>(null);
	observer.current ??= new ResizeObserver((entries) => {
		let changed = false;
		for (const { target, borderBoxSize } of entries) {
			const id = target.getAttribute("data-knock") ?? "";
			const height = borderBoxSize[0]?.blockSize ?? 0;
			if (height > 0 && heights.get(id) !== height) {
				heights.set(id, height);
				changed = true;
			}
		}
		if (changed) redraw((count) => count + 1);
	});
	useEffect(() => () => observer.current?.disconnect(), []);
	return { heights, observer };
}
