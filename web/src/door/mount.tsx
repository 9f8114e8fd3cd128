/** The card of the door: loaded when the first knock is heard, so that pages without one stay small. */
import "../ui/widgets.css";
import "./door.css";
import { render } from "preact";
import { systemClock } from "../core/clock";
import { sayCame, sayTold } from "./announce";
import { makeBell } from "./bell";
import { Card } from "./Card";
import type { Desk } from "./desk";
import { waitingOf } from "./feeds";
import { focusHere } from "./focusHere";
import { soundsOn } from "./memory";
import { type CardModel, collapse, makeModel, offerSound } from "./model";
import { notify, permission, withdraw } from "./notify";
import { makeSay } from "./say";
import { canKnock, knockAloud } from "./sound";
import type { Door, Told } from "./state";
import { followLanguage, words } from "./words";

export interface MountedCard {
	show(door: Door): void;
	/** Opens the card and moves the focus to it. */
	open(): void;
}

/** What was told stays readable for this long, in milliseconds; where there is a way to go, longer. */
const TOLD_FOR_MS = 8_000;
const WAY_FOR_MS = 60_000;
const CLOCK_EVERY_MS = 30_000;

/** `here`: the room that this page is in a meeting of; empty on other pages. One per page. */
export function mountCard(desk: Desk, root: HTMLElement, here: () => string): MountedCard {
	followLanguage(document.documentElement);
	const model = makeModel(desk, here);
	const say = makeSay(systemClock, (text) => {
		model.said.value = text;
	});
	const ring = bellOf(model, say);
	const tell = makeTeller(desk, say);
	setInterval(() => {
		model.now.value = systemClock.now();
	}, CLOCK_EVERY_MS);
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") withdraw();
	});
	render(<Card model={model} />, root);

	function show(door: Door): void {
		model.door.value = door;
		model.now.value = systemClock.now();
		tell(door);
		ring(door);
		if (waitingOf(door.feeds).length === 0) withdraw();
	}

	show(desk.door());
	return {
		show,
		open() {
			collapse(model, false);
			focusHere(root.querySelector<HTMLElement>(".door-toggle"));
		},
	};
}

function bellOf(model: CardModel, say: (sentence: string) => void): (door: Door) => void {
	return makeBell({
		clock: systemClock,
		// Not there on plain http, whatever the types say.
		locks: (navigator.locks as LockManager | undefined) ?? null,
		soundsOn,
		canKnock,
		knockAloud: () => void knockAloud(),
		onBlocked: () => offerSound(model),
		hidden: () => document.visibilityState === "hidden",
		notify(waiting) {
			if (permission() === "granted") notify(sayCame(waiting, words.value));
		},
		onNews: (news) => say(sayCame(news, words.value)),
	});
}

/** Reads out what became of knocks, and takes it off the card after a while. */
function makeTeller(desk: Desk, say: (sentence: string) => void): (door: Door) => void {
	let toldUpTo = 0;
	return (door) => {
		const told = door.told.filter(({ number }) => number > toldUpTo);
		if (told.length === 0) return;
		toldUpTo = door.toldUpTo;
		for (const sentence of sayTold(told, words.value)) say(sentence);
		const ways = told.filter(({ own }) => own);
		const others = told.filter(({ own }) => !own);
		systemClock.after(TOLD_FOR_MS, () => desk.seen(numbersOf(others)));
		systemClock.after(WAY_FOR_MS, () => desk.seen(numbersOf(ways)));
	};
}

function numbersOf(told: readonly Told[]): ReadonlySet<number> {
	return new Set(told.map(({ number }) => number));
}
