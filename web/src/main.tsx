/** Entry of the room page. */
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/widgets.css";
import { render } from "preact";
import type { DoorName } from "./actions/door_memory";
import { createRoomPage } from "./actions/room_page";
import { speak } from "./i18n";
import { App } from "./views/App";

function doorOf(path: string): DoorName {
	const [, user] = /^\/at\/(.*)$/.exec(path) ?? [];
	return user === undefined
		? { kind: "room", name: decoded(path.slice(1)) }
		: { kind: "reception", name: decoded(user) };
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

const root = document.getElementById("app");
if (root) {
	const said = (name: string) => document.body.getAttribute(`data-${name}`) ?? "";
	const signedIn = { id: said("account-id"), name: said("account") };
	const page = createRoomPage(doorOf(location.pathname), signedIn, {
		claim: said("claim"),
		settings: said("settings"),
		delete: said("delete"),
		support: said("support"),
	});
	// In the right language from the first word on; in English when the other one cannot be had.
	speak(page.state.preferences.value.language)
		.catch(() => undefined)
		.finally(() => render(<App page={page} />, root));
}
