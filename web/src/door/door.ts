/**
 * The door on a page, for its host: watches where an account is signed in, hears what the seat in a
 * meeting hears, and fetches the card when there is somebody to show.
 */
import { serverAnswers, signalingUrl } from "../connection/address";
import type { Answer as Reply, Socket } from "../connection/line";
import { systemClock } from "../core/clock";
import type { Command, Event } from "../protocol/generated";
import { type Desk, makeDesk } from "./desk";
import { waitingOf } from "./feeds";
import type { MountedCard } from "./mount";
import { Watch } from "./watch";

export interface DoorOptions {
	/** Name of the account that is signed in; null when nobody is. */
	readonly account: string | null;
	/** The seat in a meeting, where there is one. */
	readonly seat: Seat;
	/** Number of people at the door, when it changes. */
	readonly onWaiting: (count: number) => void;
}

export interface Seat {
	request(command: Command): Promise<Reply | null>;
	/** Own name there. */
	you(): string;
	/** Name of the room of the meeting; empty outside of one. */
	here(): string;
}

export interface HostDoor {
	/** Everything the seat says. */
	heard(event: Event): void;
	/** Out of the meeting, or host no more. */
	seatEnded(): void;
	/** To where the card belongs now; null: above the page. */
	place(slot: HTMLElement | null): void;
	/** Opens the card, when there is one, and moves the focus to it. */
	open(): void;
}

export const NO_SEAT: Seat = {
	request: () => Promise.resolve(null),
	you: () => "",
	here: () => "",
};

/** One per page. */
export function openDoor({ account, seat, onWaiting }: DoorOptions): HostDoor {
	let card: MountedCard | null = null;
	let loading = false;
	const root = document.createElement("div");
	root.className = "door";
	putOnPage(root);
	const watch = account === null ? null : watchFor(() => desk);
	const desk = makeDesk({
		clock: systemClock,
		request: {
			watch: (command) => watch?.request(command) ?? Promise.resolve(null),
			seat: seat.request,
		},
		you: (feed) => (feed === "watch" ? (account ?? "") : seat.you()),
		show(door) {
			const count = waitingOf(door.feeds).length;
			onWaiting(count);
			if (card) card.show(door);
			else if (count > 0) void load();
		},
	});

	/** Where it cannot be fetched now, the next change tries again; the title tells meanwhile. */
	async function load(): Promise<void> {
		if (loading) return;
		loading = true;
		try {
			const { mountCard } = await import("./mount");
			card = mountCard(desk, root, seat.here);
		} finally {
			loading = false;
		}
	}

	if (watch) keepAwake(watch);
	return {
		heard: (event) => desk.heard("seat", event),
		seatEnded: () => desk.ended("seat"),
		place(slot) {
			if (slot) slot.append(root);
			else putOnPage(root);
		},
		open: () => card?.open(),
	};
}

/** Early in the order of the page, whatever it looks like: a Tab from its beginning is enough. */
function putOnPage(root: HTMLElement): void {
	const skip = document.querySelector("body > .skip-link");
	if (skip) skip.after(root);
	else document.body.prepend(root);
}

function watchFor(desk: () => Desk): Watch {
	return new Watch({
		openSocket: () => new WebSocket(signalingUrl(location)) as unknown as Socket,
		reachable: serverAnswers,
		clock: systemClock,
		random: Math.random,
		handlers: {
			heard: (event) => desk().heard("watch", event),
			lost: () => desk().lost(),
			ended: () => desk().ended("watch"),
		},
	});
}

function keepAwake(watch: Watch): void {
	watch.start();
	window.addEventListener("online", () => watch.wake());
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") watch.wake();
	});
	// A page that is kept for the way back has no connection, and makes a new one when it is shown again.
	window.addEventListener("pagehide", () => watch.stop());
	window.addEventListener("pageshow", (event) => event.persisted && watch.start());
}
