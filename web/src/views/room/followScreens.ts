/** When somebody starts to show a screen, it comes into sight; when the last one ends, the people do. */
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { tab } from "./ui";

export function useFollowScreens(page: RoomPage, count: number, compact: boolean): void {
	const before = useRef(0);
	useEffect(() => {
		const was = before.current;
		before.current = count;
		if (was === 0 && count > 0) {
			const { panels } = page.state.preferences.value;
			if (!compact && !panels.content)
				page.actions.prefer({ panels: { ...panels, content: true } });
			// Who is writing stays with the chat; the mark on the tab tells that there is something.
			if (tab.value === "people") tab.value = "content";
		}
		if (was > 0 && count === 0 && tab.value === "content") tab.value = "people";
	}, [count, compact, page]);
}
