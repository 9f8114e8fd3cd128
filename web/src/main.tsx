/** Entry of the room page. */
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/widgets.css";
import { render } from "preact";
import { createRoomPage } from "./actions/room_page";
import { speak } from "./i18n";
import { App } from "./views/App";

function roomName(): string {
	const path = location.pathname.slice(1);
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}

const root = document.getElementById("app");
if (root) {
	const page = createRoomPage(roomName());
	// In the right language from the first word on; in English when the other one cannot be had.
	speak(page.state.preferences.value.language)
		.catch(() => undefined)
		.finally(() => render(<App page={page} />, root));
}
