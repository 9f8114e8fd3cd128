/** Listens for single keys and for the space bar that talks. */
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import type { Meeting } from "../../state/model";
import { isTyping, type Shortcut, shortcutFor, takesSpace } from "../shortcuts/keys";
import { isOn } from "./MediaToggles";
import { showPanel } from "./PanelButtons";
import { togglePinByKey } from "./pin";
import { openDialog, stopTalking, talking } from "./ui";

export function useShortcuts(page: RoomPage, meeting: Meeting, compact: boolean): void {
	const now = useRef(meeting);
	now.current = meeting;
	useEffect(() => {
		const down = (event: KeyboardEvent) => {
			const off = page.state.preferences.value.shortcuts === false;
			if (off || isDialogShown() || isTyping(event.target)) return;
			if (event.key === " " && !takesSpace(event.target)) startTalking(page, event);
			const wanted = shortcutFor(event);
			if (!wanted) return;
			event.preventDefault();
			if (wanted === "pin") togglePinByKey(page, now.current, document.activeElement);
			else run(wanted, page, compact);
		};
		const stop = () => stopTalking(page);
		const up = (event: KeyboardEvent) => event.key === " " && stop();
		document.addEventListener("keydown", down);
		document.addEventListener("keyup", up);
		// The key may come up in another window, where nobody tells us.
		window.addEventListener("blur", stop);
		return () => {
			document.removeEventListener("keydown", down);
			document.removeEventListener("keyup", up);
			window.removeEventListener("blur", stop);
		};
	}, [page, compact]);
}

/** As the browser has it: a dialog that was just closed says so only a moment later. */
function isDialogShown(): boolean {
	return document.querySelector("dialog[open]") !== null;
}

function startTalking(page: RoomPage, event: KeyboardEvent): void {
	event.preventDefault();
	if (event.repeat || isOn(page.state.own.value.microphone)) return;
	talking.value = true;
	page.actions.setMicrophone(true);
}

function run(shortcut: Exclude<Shortcut, "pin">, page: RoomPage, compact: boolean): void {
	const { state, actions } = page;
	const own = state.own.value;
	if (shortcut === "microphone") actions.setMicrophone(!isOn(own.microphone));
	else if (shortcut === "camera") actions.setCamera(!isOn(own.camera));
	else if (shortcut === "share") actions.setScreen(!own.screen.on);
	else if (shortcut === "hand") actions.raiseHand(!handIsUp(page));
	else if (shortcut === "layout") changeLayout(page);
	else if (shortcut === "door") actions.showDoor();
	else if (shortcut === "list") openDialog.value = "shortcuts";
	else if (shortcut === "invite" || shortcut === "settings") openDialog.value = shortcut;
	else showPanel(page, shortcut, compact);
}

function changeLayout({ state, actions }: RoomPage): void {
	const { layout } = state.preferences.value;
	actions.prefer({ layout: layout === "grid" ? "speaker" : "grid" });
}

function handIsUp({ state }: RoomPage): boolean {
	const stage = state.stage.value;
	if (stage.name !== "in") return false;
	return stage.meeting.participants.some(
		(one) => one.id === stage.meeting.you && one.hand !== null,
	);
}
