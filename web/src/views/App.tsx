/** The page: before, in, and after the room. */
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../actions/actions";
import { speak } from "../i18n";
import { shortRoomName } from "../ui/names";
import { unreadCount } from "./chat/unread";
import { Hall } from "./hall/Hall";
import { Left } from "./left/Left";
import { Room } from "./room/Room";

export function App({ page }: { readonly page: RoomPage }) {
	usePageSettings(page);
	const opened = useRef(false);
	useEffect(() => {
		opened.current = true;
	}, []);
	const stage = page.state.stage.value;
	switch (stage.name) {
		case "in":
			return <Room page={page} meeting={stage.meeting} connection={stage.connection} />;
		case "left":
			return <Left page={page} why={stage.why} />;
		default:
			return <Hall page={page} returning={opened.current} />;
	}
}

/** What belongs to the whole document: theme, language, title. */
function usePageSettings({ state }: RoomPage): void {
	useEffect(
		() =>
			effect(() => {
				const { theme } = state.preferences.value;
				const root = document.documentElement;
				if (theme === "system") root.removeAttribute("data-theme");
				else root.setAttribute("data-theme", theme);
			}),
		[state],
	);
	useEffect(() => effect(() => void speak(state.preferences.value.language)), [state]);
	useEffect(
		() =>
			effect(() => {
				const stage = state.stage.value;
				const unread = stage.name === "in" ? unreadCount(stage.meeting) : 0;
				const name = stage.name === "in" ? stage.meeting.room.name : state.roomName;
				document.title = `${unread > 0 ? `(${unread}) ` : ""}${shortRoomName(name)} · meetd`;
			}),
		[state],
	);
}
