/** Everybody at the door, wherever the host is: a card that can be made a small pill. */
import { useEffect, useRef } from "preact/hooks";
import type { Knocker } from "../protocol/generated";
import { Icon } from "../ui/Icon";
import { shortRoomName } from "../ui/names";
import { sayTold } from "./announce";
import { waitingOf } from "./feeds";
import { focusHere } from "./focusHere";
import { type CardModel, collapse } from "./model";
import { Offers } from "./Offers";
import type { Told } from "./state";
import { WaitingList } from "./WaitingList";
import { words } from "./words";

/** How long after the card moved a press on another button than the mouse came to is not taken for meant. */
const RESTING_MS = 1_000;

export function Card({ model }: { readonly model: CardModel }) {
	const w = words.value;
	const door = model.door.value;
	const waiting = waitingOf(door.feeds);
	// What one did oneself shows by itself; the way after whom one let in does not.
	const here = model.here();
	const told = door.told.filter(
		({ own, room, why }) => !own || why === "full" || (room !== "" && room !== here),
	);
	const open = waiting.length > 0 || told.length > 0;
	const collapsed = model.collapsed.value;
	const section = useRef<HTMLElement>(null);
	useReturnFocus(section, open, waiting.length === 0);
	useSteadyClicks(section, open);
	const fold = (event: KeyboardEvent) => {
		if (event.key !== "Escape" || event.defaultPrevented || collapsed) return;
		event.preventDefault();
		collapse(model, true);
		focusHere(headOf(section.current));
	};
	return (
		<>
			<output class="visually-hidden">{model.said.value}</output>
			{open && (
				<section
					ref={section}
					class="door-card"
					aria-label={w.region}
					data-collapsed={collapsed}
					onKeyDown={fold}
				>
					<h2 class="door-title">
						<button
							type="button"
							class="door-toggle"
							aria-expanded={!collapsed}
							onClick={() => collapse(model, !collapsed)}
						>
							<Icon name="door" />
							<span>{w.count(waiting.length)}</span>
							<Icon name="fold" size="small" />
						</button>
					</h2>
					{!collapsed && (
						<div class="door-body">
							{door.lost && <p class="door-quiet">{w.lost}</p>}
							<ToldLines told={told} here={here} />
							<AllAtOnce model={model} waiting={waiting} />
							<WaitingList model={model} waiting={waiting} />
							<Offers model={model} />
						</div>
					)}
				</section>
			)}
		</>
	);
}

function ToldLines({ told, here }: { readonly told: readonly Told[]; readonly here: string }) {
	const w = words.value;
	const goTo = [...new Set(told.map(({ room }) => room))].filter((room) => room && room !== here);
	if (told.length === 0) return null;
	return (
		<div class="door-told">
			{sayTold(told, w).map((sentence) => (
				<p key={sentence}>{sentence}</p>
			))}
			{goTo.map((room) => (
				<p key={room}>
					{/* Out of a meeting only by leaving it. */}
					<a href={`/${encodeURIComponent(room)}`} target={here ? "_blank" : undefined}>
						{w.goThere(shortRoomName(room))}
					</a>
				</p>
			))}
		</div>
	);
}

interface AllAtOnceProps {
	readonly model: CardModel;
	readonly waiting: readonly Knocker[];
}

/** A line per room where several wait. */
function AllAtOnce({ model, waiting }: AllAtOnceProps) {
	const w = words.value;
	const counts = new Map<string, number>();
	for (const { kind, door } of waiting) {
		if (kind === "room") counts.set(door, (counts.get(door) ?? 0) + 1);
	}
	const rooms = [...counts].filter(([, count]) => count > 1);
	if (rooms.length === 0) return null;
	return (
		<div class="door-all">
			{rooms.map(([room, count], index) => (
				<div key={room} class="door-all-line">
					<span id={`door-all-${index}`}>{w.atRoom(count, shortRoomName(room))}</span>
					<button
						type="button"
						class="button"
						aria-describedby={`door-all-${index}`}
						onClick={(event) => event.detail < 2 && model.desk.admitAll(room)}
					>
						{w.all}
					</button>
				</div>
			))}
		</div>
	);
}

/** What has the focus goes away under somebody's hands: on to the head of the card, or to where they were. */
function useReturnFocus(
	section: { current: HTMLElement | null },
	open: boolean,
	nobody: boolean,
): void {
	const before = useRef<Element | null>(null);
	const inside = useRef(false);
	useEffect(() => {
		const note = (event: FocusEvent) => {
			inside.current = section.current?.contains(event.target as Node) ?? false;
			if (!inside.current) before.current = event.target as Element;
		};
		document.addEventListener("focusin", note);
		return () => document.removeEventListener("focusin", note);
	}, [section]);
	useEffect(() => {
		if (!inside.current || document.activeElement !== document.body) return;
		const earlier = before.current?.isConnected ? before.current : null;
		const target = headOf(section.current) ?? earlier ?? document.querySelector("main");
		if (target instanceof HTMLElement) focusHere(target);
	}, [section, open, nobody]);
}

/**
 * The card hangs from the bottom: whoever knocks next, or a line that opens, moves the rows under a mouse
 * that rests on a button. A press that follows was meant for what was there before, and does nothing.
 */
function useSteadyClicks(section: { current: HTMLElement | null }, open: boolean): void {
	useEffect(() => {
		const card = section.current;
		if (card === null) return;
		let moved = Number.NEGATIVE_INFINITY;
		let pointedAt: Element | null = null;
		const observer = new ResizeObserver(() => {
			moved = performance.now();
		});
		const point = (event: PointerEvent) => {
			pointedAt = buttonAt(event);
		};
		const guard = (event: MouseEvent) => {
			// Neither keys (detail 0) nor fingers rest on a place: they aim at what they see.
			if (event.detail === 0 || pointerOf(event) === "touch") return;
			const meant = buttonAt(event) === pointedAt || performance.now() - moved > RESTING_MS;
			if (meant) return;
			event.preventDefault();
			event.stopPropagation();
		};
		observer.observe(card);
		document.addEventListener("pointermove", point);
		card.addEventListener("click", guard, true);
		return () => {
			observer.disconnect();
			document.removeEventListener("pointermove", point);
			card.removeEventListener("click", guard, true);
		};
	}, [section, open]);
}

function buttonAt(event: MouseEvent): Element | null {
	return event.target instanceof Element ? event.target.closest("button") : null;
}

function pointerOf(event: MouseEvent): string {
	return event instanceof PointerEvent ? event.pointerType : "mouse";
}

function headOf(card: HTMLElement | null): HTMLElement | null {
	return card?.querySelector<HTMLElement>(".door-toggle") ?? null;
}
