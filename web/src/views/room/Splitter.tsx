/** Between the stage and the chat: drag it, or use the arrow keys. The width is remembered. */
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { setProperty } from "../../ui/place";

const narrowest = 260;
const widest = 640;
const step = 24;

interface SplitterProps {
	readonly page: RoomPage;
	readonly stage: RefObject<HTMLElement | null>;
}

export function Splitter({ page, stage }: SplitterProps) {
	const width = within(page.state.preferences.value.chatWidth);
	const show = (pixels: number) => {
		if (stage.current) setProperty(stage.current, "--chat-width", `${within(pixels)}px`);
	};
	const keep = (pixels: number) => page.actions.prefer({ chatWidth: within(pixels) });
	useLayoutEffect(() => show(width), [width]);
	const drag = (down: PointerEvent) => {
		const handle = down.currentTarget as HTMLElement;
		handle.setPointerCapture(down.pointerId);
		const at = (event: PointerEvent) => width + down.clientX - event.clientX;
		const move = (event: PointerEvent) => show(at(event));
		handle.addEventListener("pointermove", move);
		handle.addEventListener(
			"lostpointercapture",
			() => handle.removeEventListener("pointermove", move),
			{ once: true },
		);
		handle.addEventListener("pointerup", (event) => keep(at(event)), { once: true });
	};
	return (
		<hr
			class="splitter"
			// A separator that moves is a control (ARIA 1.2, separator).
			tabIndex={0}
			aria-orientation="vertical"
			aria-label={words.value.room.resizeChat}
			aria-valuemin={narrowest}
			aria-valuemax={widest}
			aria-valuenow={width}
			onPointerDown={drag}
			onKeyDown={(event) => {
				if (event.key === "ArrowLeft") keep(width + step);
				if (event.key === "ArrowRight") keep(width - step);
			}}
		/>
	);
}

function within(pixels: number): number {
	return Math.round(Math.min(widest, Math.max(narrowest, pixels)));
}
