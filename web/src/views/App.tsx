/** The page: before, in, and after the room. */
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../actions/actions";
import { speak, words } from "../i18n";
import { Hall } from "./hall/Hall";
import { Left } from "./left/Left";
import { useCallBack } from "./lobby/callBack";
import { Lobby } from "./lobby/Lobby";
import { Room } from "./room/Room";
import { news } from "./room/ui";
import { titleOf } from "./title";

export function App({ page }: { readonly page: RoomPage }) {
	usePageSettings(page);
	useCallBack(page);
	const opened = useRef(false);
	useEffect(() => {
		opened.current = true;
	}, []);
	const stage = page.state.stage.value;
	const before = useRef(stage);
	useEffect(() => {
		// What was on the screen until now said so too; this says it to who does not see the room appear.
		if (stage.name === "in" && before.current.name === "joining")
			news.value = words.value.lobby.inNow;
		before.current = stage;
	}, [stage.name]);
	switch (stage.name) {
		case "in":
			return <Room page={page} meeting={stage.meeting} connection={stage.connection} />;
		case "left":
			return <Left page={page} why={stage.why} leftovers={stage.leftovers} />;
		case "lobby":
			return <Lobby page={page} stage={stage} />;
		case "joining":
			if (stage.from === "lobby") return <Lobby page={page} stage={stage} />;
			return <Hall page={page} returning={opened.current} />;
		case "hall":
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
				document.title = titleOf(state, words.value);
			}),
		[state],
	);
}
