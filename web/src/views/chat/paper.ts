/**
 * Scrolling of the log: stays at the newest message while one is there, does not move while one reads
 * further up, also when earlier messages arrive above, and asks for those near the top.
 */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Actions } from "../../actions/actions";
import type { Chat } from "../../state/model";

/** Pixels from the end that still count as being there. */
const nearEnd = 48;
const nearTop = 240;

export interface Paper {
	readonly scroller: RefObject<HTMLDivElement | null>;
	readonly sheet: RefObject<HTMLDivElement | null>;
	/** Scrolled away from the newest message. */
	readonly away: boolean;
	readonly onScroll: () => void;
	readonly toNewest: () => void;
}

export function usePaper(chat: Chat, visible: boolean, actions: Actions): Paper {
	const scroller = useRef<HTMLDivElement>(null);
	const sheet = useRef<HTMLDivElement>(null);
	const atEnd = useRef(true);
	const [away, setAway] = useState(false);
	const last = chat.messages.at(-1)?.number ?? 0;
	const ownSent = chat.pending.length;

	const toEnd = () => {
		const element = scroller.current;
		if (element) element.scrollTop = element.scrollHeight;
		atEnd.current = true;
		setAway(false);
	};
	const markRead = () => {
		const looking = visible && document.visibilityState === "visible";
		if (looking && atEnd.current && last > chat.readUpTo) actions.markRead(last);
	};
	const onScroll = () => {
		const element = scroller.current;
		if (!element || !visible) return;
		atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
		setAway(!atEnd.current);
		if (atEnd.current) markRead();
		if (element.scrollTop < nearTop && chat.earlier && !chat.loadingEarlier) actions.loadEarlier();
	};

	useKeptPlace(scroller, chat);
	// Only a message of one's own brings one back to the end.
	useLayoutEffect(() => {
		if (ownSent > 0) toEnd();
	}, [ownSent]);
	// Runs when the newest message or the visibility changes.
	useLayoutEffect(() => {
		if (!visible) return;
		if (atEnd.current) toEnd();
		markRead();
	}, [last, visible]);
	useStayAtEnd(scroller, sheet, atEnd);
	useEffect(() => {
		document.addEventListener("visibilitychange", markRead);
		return () => document.removeEventListener("visibilitychange", markRead);
	});
	return { scroller, sheet, away, onScroll, toNewest: toEnd };
}

/** When messages come in above, what was on screen stays exactly where it was. */
function useKeptPlace(scroller: RefObject<HTMLDivElement | null>, chat: Chat): void {
	const first = chat.messages[0]?.number ?? 0;
	const before = useRef({ first, height: 0 });
	useLayoutEffect(() => {
		const element = scroller.current;
		if (!element) return;
		const old = before.current;
		if (first < old.first && old.height > 0) element.scrollTop += element.scrollHeight - old.height;
		before.current = { first, height: element.scrollHeight };
	});
}

/** The window, the field below or a font changed size: who was at the end stays there. */
function useStayAtEnd(
	scroller: RefObject<HTMLDivElement | null>,
	sheet: RefObject<HTMLDivElement | null>,
	atEnd: RefObject<boolean>,
): void {
	useEffect(() => {
		const element = scroller.current;
		if (!element || !sheet.current) return;
		const observer = new ResizeObserver(() => {
			if (atEnd.current) element.scrollTop = element.scrollHeight;
		});
		observer.observe(element);
		observer.observe(sheet.current);
		return () => observer.disconnect();
	}, [scroller, sheet, atEnd]);
}
