/** What a role and the rules of a room allow; the server decides, the page only says it beforehand. */
import type { Participant } from "../protocol/generated";
import type { Meeting } from "./model";

/** Why somebody may not share a screen now. */
export type NoScreen = "presenter mode" | "hosts only";

export function ownself(meeting: Meeting): Participant | undefined {
	return meeting.participants.find((one) => one.id === meeting.you);
}

export function isHost(meeting: Meeting): boolean {
	return ownself(meeting)?.role === "host";
}

/** Null when one may. */
export function whyNoScreen(meeting: Meeting): NoScreen | null {
	if (isHost(meeting)) return null;
	if (meeting.room.presenterMode) return "presenter mode";
	return meeting.room.share === "hosts" ? "hosts only" : null;
}

/** Why somebody may not draw now; null when one may. */
export function whyNoPen(meeting: Meeting): NoScreen | null {
	if (isHost(meeting)) return null;
	if (meeting.room.presenterMode) return "presenter mode";
	return meeting.room.draw === "hosts" ? "hosts only" : null;
}

export function mayWrite(meeting: Meeting): boolean {
	return meeting.room.chat === "everybody" || isHost(meeting);
}
