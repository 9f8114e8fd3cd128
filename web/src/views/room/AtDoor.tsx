/** The place of the door's card in the room: beside the people, or between them and the bar. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";

export function AtDoor({ page }: { readonly page: RoomPage }) {
	const slot = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		page.actions.placeDoor(slot.current);
		return () => page.actions.placeDoor(null);
	}, [page]);
	return <div ref={slot} class="room-door" />;
}
