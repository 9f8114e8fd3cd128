/** The browser's own notification, for a host who looks at something else. */

export type Permission = "unavailable" | "default" | "granted" | "denied";

export function permission(): Permission {
	// Plain http does not have it.
	return typeof Notification === "undefined" ? "unavailable" : Notification.permission;
}

let shown: Notification | null = null;

/** In place of the last one. On phones, pages may not: the card and the sound are there all the same. */
export function notify(text: string): void {
	withdraw();
	try {
		shown = new Notification(text, { icon: "/icon.svg" });
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		return;
	}
	shown.onclick = () => {
		window.focus();
		withdraw();
	};
}

/** Nobody waits any more, or the page is being looked at. */
export function withdraw(): void {
	shown?.close();
	shown = null;
}
