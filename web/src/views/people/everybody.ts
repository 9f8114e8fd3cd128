/** Who is shown, in which order, and what is told about each. */

import type { Participant } from "../../protocol/generated";
import type { PathState, RemoteMedia } from "../../state/media";
import type { Meeting, Path } from "../../state/model";

/**
 * In the order of joining, oneself included. Those who have not come back yet after a restart of the
 * server keep their place and show as away.
 */
export function everybody(meeting: Meeting): readonly Participant[] {
	if (meeting.missing.length === 0) return meeting.participants;
	const present = new Set(meeting.participants.map((one) => one.id));
	const away = meeting.missing
		.filter((one) => !present.has(one.id))
		.map((one) => ({ ...one, away: true }));
	return [...meeting.participants, ...away].sort((one, other) => one.joinedAt - other.joinedAt);
}

/** Place in the row of raised hands, from 1; null without a hand up. */
export function handPlace(people: readonly Participant[], id: string): number | null {
	const hands = people.filter((one) => one.hand !== null);
	hands.sort((one, other) => (one.hand ?? 0) - (other.hand ?? 0));
	const place = hands.findIndex((one) => one.id === id);
	return place < 0 ? null : place + 1;
}

/** Own view of the connection first: it knows before the server does. */
export function pathState(media: RemoteMedia | undefined, path: Path | undefined): PathState {
	return media?.state ?? path?.state ?? "connecting";
}

/** Why their media comes as it does. */
export function reasonOf({
	path,
	why,
}: RemoteMedia): "direct" | "relayed" | Exclude<Path["why"], ""> {
	return path === "direct" ? path : why || path;
}

/** Whose picture is large: who speaks, of the others; it stays when nobody does. */
export function spotlight(
	people: readonly Participant[],
	you: string,
	active: string | null,
	previous: string | null,
): string | null {
	const others = people.filter((one) => one.id !== you);
	const known = (id: string | null) => others.some((one) => one.id === id);
	if (known(active)) return active;
	if (known(previous)) return previous;
	return others[0]?.id ?? people[0]?.id ?? null;
}
