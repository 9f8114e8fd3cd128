/** What is open on this screen. Not kept: panels of a wide screen are, as preferences. */
import { signal } from "@preact/signals";

export type Panel = "people" | "content" | "chat";
type DialogName = "invite" | "settings" | "shortcuts";

/** The dialog that is open; one at a time. */
export const openDialog = signal<DialogName | null>(null);
/** The one panel that a small screen shows. */
export const tab = signal<Panel>("people");
/** The last thing that happened to the people, for a few seconds. */
export const news = signal<string | null>(null);
/** Talking while the space bar is down. */
export const talking = signal(false);
