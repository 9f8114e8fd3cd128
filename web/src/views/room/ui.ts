/** What is open on this screen. Not kept: panels of a wide screen are, as preferences. */
import { signal } from "@preact/signals";
import type { RoomPage } from "../../actions/actions";
import type { Asking } from "./questions";

export type Panel = "people" | "content" | "chat";
type DialogName =
	| "invite"
	| "settings"
	| "shortcuts"
	| "usage"
	| "reset"
	| "delete"
	| "clear"
	| "encryption";

/** How one person's media comes here. */
interface ConnectionOf {
	readonly type: "connection";
	readonly participant: string;
}

/** What is shown large, whoever speaks. */
export interface Pin {
	readonly participant: string;
	readonly slot: "camera" | "screen";
}

/** The dialog that is open, or what one of them asks about; one at a time. */
export const openDialog = signal<DialogName | ConnectionOf | Asking | null>(null);
/** The one panel that a small screen shows. */
export const tab = signal<Panel>("people");
/** The last thing that happened to the people, for a few seconds. */
export const news = signal<string | null>(null);
/** Somebody shared a file that was not on the screen yet. */
export const contentIsNew = signal(false);
/** What is open for everybody was put aside, here only. */
export const contentAside = signal(false);
/** What one pinned, here only. It may be gone, for a while or for good: see `pinnedIn`. */
export const pinned = signal<Pin | null>(null);
/** Talking while the space bar is down. */
export const talking = signal(false);

/** Below this there is one panel at a time. Low counts as small: a phone on its side. */
export const compactQuery = "(max-width: 899px), (max-height: 499px)";

function show(page: RoomPage, panel: Panel): void {
	if (matchMedia(compactQuery).matches) tab.value = panel;
	else {
		const { panels } = page.state.preferences.value;
		if (!panels[panel]) page.actions.prefer({ panels: { ...panels, [panel]: true } });
	}
}

export const showChat = (page: RoomPage): void => show(page, "chat");
export const showContent = (page: RoomPage): void => show(page, "content");

/** A page of the server, in a tab of its own. */
export function openBeside(page: string): void {
	window.open(page, "_blank", "noopener");
}

/** The space bar came up, or nobody can tell any more whether it did. */
export function stopTalking(page: RoomPage): void {
	if (!talking.value) return;
	talking.value = false;
	page.actions.setMicrophone(false);
}

/** Out of the room: nothing of this goes along into the next one. */
export function leaveUi(page: RoomPage): void {
	stopTalking(page);
	openDialog.value = null;
	tab.value = "people";
	news.value = null;
	contentIsNew.value = false;
	contentAside.value = false;
	pinned.value = null;
}
