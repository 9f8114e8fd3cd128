/** What the card shows beside the knocks themselves, and what can be pressed on it. */
import { type Signal, signal } from "@preact/signals";
import { systemClock } from "../core/clock";
import type { Desk } from "./desk";
import { recall, remember } from "./memory";
import { type Permission, permission } from "./notify";
import { knockAloud } from "./sound";
import type { Door } from "./state";

export interface CardModel {
	readonly desk: Desk;
	readonly door: Signal<Door>;
	/** Own clock, milliseconds since the Unix epoch; moves twice a minute. */
	readonly now: Signal<number>;
	readonly collapsed: Signal<boolean>;
	/** For screen readers: what just happened. */
	readonly said: Signal<string>;
	/** Somebody knocked and the browser did not let the page play. */
	readonly soundBlocked: Signal<boolean>;
	readonly permission: Signal<Permission>;
	/** The button for notifications was put away, or used on this page. */
	readonly offer: Signal<"offered" | "asked" | "put away">;
	/** The room that this page is in a meeting of; empty on other pages. */
	readonly here: () => string;
}

const COLLAPSED_KEY = "meetd.door.collapsed";
const SOUND_KEY = "meetd.door.sound";
const NOTIFY_KEY = "meetd.door.notify";

export function makeModel(desk: Desk, here: () => string): CardModel {
	return {
		desk,
		door: signal(desk.door()),
		now: signal(systemClock.now()),
		collapsed: signal(recall(COLLAPSED_KEY) === "yes"),
		said: signal(""),
		soundBlocked: signal(false),
		permission: signal(permission()),
		offer: signal(recall(NOTIFY_KEY) === null ? "offered" : "put away"),
		here,
	};
}

export function collapse(model: CardModel, collapsed: boolean): void {
	model.collapsed.value = collapsed;
	remember(COLLAPSED_KEY, collapsed ? "yes" : "no");
}

/** Offered once per tab. */
export function offerSound(model: CardModel): void {
	model.soundBlocked.value = recall(SOUND_KEY) === null;
}

/** From a click: browsers play from then on. */
export function answerSound(model: CardModel, wanted: boolean): void {
	model.soundBlocked.value = false;
	remember(SOUND_KEY, "asked");
	if (wanted) void knockAloud();
}

/** From a click, as browsers demand. */
export async function askPermission(model: CardModel): Promise<void> {
	model.offer.value = "asked";
	model.permission.value = await Notification.requestPermission();
}

export function putAwayOffer(model: CardModel): void {
	model.offer.value = "put away";
	remember(NOTIFY_KEY, "put away");
}
