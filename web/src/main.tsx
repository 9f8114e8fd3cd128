/** Entry of the room page. */
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/widgets.css";
import { render } from "preact";
import type { RelayRule } from "./actions/actions";
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

function ruleOf(said: string): RelayRule {
	return said === "always" || said === "never" ? said : "when needed";
}

const root = document.getElementById("app");
if (root) {
	const said = (name: string) => document.body.getAttribute(`data-${name}`) ?? "";
	const signedIn = { id: said("account-id"), name: said("account") };
	const waysOn = {
		claim: said("claim"),
		settings: said("settings"),
		reset: said("reset"),
		delete: said("delete"),
		support: said("support"),
	};
	const page = createRoomPage(doorOf(location.pathname), signedIn, waysOn, ruleOf(said("relay")));
	// In the right language from the first word on; in English when the other one cannot be had.
	speak(page.state.preferences.value.language)
		.catch(() => undefined)
		.finally(() => render(<App page={page} />, root));
}
