/** What somebody wants to see large, whoever speaks: on this page only, nobody else is told. */
import { useEffect } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Participant } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { everybody, spotlight } from "../people/everybody";
import { contentAside, news, type Pin, pinned, tab } from "./ui";

/**
 * What is pinned, as long as it is there. Whoever is on the way back into the room still is; whoever was taken
 * for gone and is back in the same seat, which nobody else ever has, is pinned again.
 */
export function pinnedIn(meeting: Meeting): Pin | null {
	const pin = pinned.value;
	return pin !== null && ownerOf(meeting, pin) !== undefined ? pin : null;
}

export function isPinned(meeting: Meeting, participant: string, slot: Pin["slot"]): boolean {
	const pin = pinnedIn(meeting);
	return pin !== null && isSame(pin, { participant, slot });
}

function isSame(one: Pin, other: Pin): boolean {
	return one.participant === other.participant && one.slot === other.slot;
}

function ownerOf(meeting: Meeting, { participant, slot }: Pin): Participant | undefined {
	return everybody(meeting).find(
		(one) => one.id === participant && (slot === "camera" || one.screen),
	);
}

/** Pins that, or lets go of it. What was pinned before is not any more. */
export function togglePin(page: RoomPage, meeting: Meeting, pin: Pin): void {
	const owner = ownerOf(meeting, pin);
	if (!owner) return;
	const { people, content } = words.value;
	const what = pin.slot === "camera" ? owner.name : content.screenOf(owner.name);
	if (isPinned(meeting, pin.participant, pin.slot)) {
		pinned.value = null;
		news.value = people.unpinned(what);
		return;
	}
	pinned.value = pin;
	news.value = people.pinned(what);
	bringIntoSight(page, pin);
}

function bringIntoSight(page: RoomPage, { slot }: Pin): void {
	if (slot === "screen") {
		contentAside.value = true;
		return;
	}
	const { panels } = page.state.preferences.value;
	if (!panels.people) page.actions.prefer({ panels: { ...panels, people: true } });
	tab.value = "people";
}

/** By key: what has the focus, else let go of what is pinned, else who speaks. */
export function togglePinByKey(page: RoomPage, meeting: Meeting, focused: Element | null): void {
	const pin = pinAt(focused) ?? pinnedIn(meeting) ?? speaking(page, meeting);
	if (pin) togglePin(page, meeting, pin);
}

/** Elements that show somebody's picture say whose and which. */
function pinAt(element: Element | null): Pin | null {
	const picture = element?.closest("[data-pin]");
	const participant = picture?.getAttribute("data-participant");
	if (!participant) return null;
	return {
		participant,
		slot: picture?.getAttribute("data-pin") === "screen" ? "screen" : "camera",
	};
}

function speaking(page: RoomPage, { participants, you }: Meeting): Pin | null {
	const participant = spotlight(participants, you, page.state.activeSpeaker.value, null);
	return participant === null || participant === you ? null : { participant, slot: "camera" };
}

/** A screen that ended: another one of the same person, later, is not what was pinned. */
export function hasEnded({ participants }: Meeting, pin: Pin | null): boolean {
	if (pin?.slot !== "screen") return false;
	return participants.some((one) => one.id === pin.participant && !one.screen);
}

/** Forgets what has ended, and has the relay know of a person. */
export function usePin(page: RoomPage, meeting: Meeting): Pin | null {
	const pin = pinnedIn(meeting);
	const isOver = hasEnded(meeting, pinned.value);
	useEffect(() => {
		if (isOver) pinned.value = null;
	}, [isOver]);
	const person = pin?.slot === "camera" ? pin.participant : null;
	useEffect(() => {
		if (person === null) return;
		page.actions.choosePicture(person, "camera", true);
		return () => page.actions.choosePicture(person, "camera", false);
	}, [page, person]);
	return pin;
}
