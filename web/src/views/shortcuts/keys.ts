/** Single-key shortcuts of the room, and which key presses are meant for something else. */
import type { Words } from "../../i18n";

export const shortcutKeys = {
	m: "microphone",
	v: "camera",
	s: "share",
	h: "hand",
	p: "people",
	o: "content",
	c: "chat",
	l: "layout",
	n: "pin",
	d: "door",
	i: "invite",
	",": "settings",
	"?": "list",
} as const satisfies Record<string, keyof Words["shortcuts"]>;

export type Shortcut = (typeof shortcutKeys)[keyof typeof shortcutKeys];

interface Press {
	readonly key: string;
	readonly ctrlKey: boolean;
	readonly metaKey: boolean;
	readonly altKey: boolean;
	readonly repeat: boolean;
	readonly isComposing: boolean;
}

/** The shortcut that this key press asks for; null when it means something else. */
export function shortcutFor(press: Press): Shortcut | null {
	if (press.ctrlKey || press.metaKey || press.altKey || press.repeat || press.isComposing)
		return null;
	const key = press.key.toLowerCase();
	return Object.hasOwn(shortcutKeys, key) ? shortcutKeys[key as keyof typeof shortcutKeys] : null;
}

/** Somebody is typing here, so that letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
	return (
		target instanceof HTMLElement &&
		(target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
	);
}

/** The space bar presses a focused control: it talks only where it would do nothing. */
export function takesSpace(target: EventTarget | null): boolean {
	return (
		target instanceof Element &&
		target.closest("button, a, input, textarea, select, [role=separator], [role=log]") !== null
	);
}
