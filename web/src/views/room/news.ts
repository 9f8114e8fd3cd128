/** Tells who came, who went and who raised a hand: in a line of text, read out politely, and by a tick. */
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Participant, Room } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { everybody } from "../people/everybody";
import { tick } from "./ticks";
import { news } from "./ui";

const shownFor = 5_000;

export type News = { readonly kind: "joined" | "left" | "handUp"; readonly name: string };

/** What changed between two moments, without what one did oneself. */
export function newsBetween(
	before: readonly Participant[],
	after: readonly Participant[],
	you: string,
): readonly News[] {
	const old = new Map(before.map((one) => [one.id, one]));
	const present = new Set(after.map((one) => one.id));
	const found: News[] = [];
	for (const one of after) {
		if (one.id === you) continue;
		const was = old.get(one.id);
		if (!was) found.push({ kind: "joined", name: one.name });
		else if (was.hand === null && one.hand !== null) found.push({ kind: "handUp", name: one.name });
	}
	for (const one of before) {
		if (one.id !== you && !present.has(one.id)) found.push({ kind: "left", name: one.name });
	}
	return found;
}

type RoomNews = "nowLocked" | "nowUnlocked" | "presenterModeOn" | "presenterModeOff";

/** What changed about the room itself. */
export function roomNews(before: Room, after: Room): readonly RoomNews[] {
	const found: RoomNews[] = [];
	if (before.locked !== after.locked) found.push(after.locked ? "nowLocked" : "nowUnlocked");
	if (before.presenterMode !== after.presenterMode) {
		found.push(after.presenterMode ? "presenterModeOn" : "presenterModeOff");
	}
	return found;
}

export function useNews(page: RoomPage, meeting: Meeting): void {
	const people = everybody(meeting);
	const { room } = meeting;
	const before = useRef({ people, room });
	useEffect(() => {
		const found = newsBetween(before.current.people, people, meeting.you);
		const changed = roomNews(before.current.room, room);
		before.current = { people, room };
		if (found.length + changed.length === 0) return;
		const w = words.value;
		news.value = [
			...found.map(({ kind, name }) => w.room[kind](name)),
			...changed.map((kind) => w.hosting[kind]),
		].join(". ");
		const last = found.at(-1);
		if (last && page.state.preferences.value.sounds && last.kind !== "handUp") tick(last.kind);
	});
	const text = news.value;
	useEffect(() => {
		if (text === null) return;
		const timer = setTimeout(() => {
			news.value = null;
		}, shownFor);
		return () => clearTimeout(timer);
	}, [text]);
}
