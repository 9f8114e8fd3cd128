/** Who is in the meeting, and who is on the way back into it. */
import type { Participant } from "../protocol/generated";
import type { Meeting } from "./model";

type People = Pick<Meeting, "participants" | "missing">;

/** Appends, or replaces the participant with that id where it stands. */
export function upsert(people: People, participant: Participant): People {
	const known = people.participants.some((one) => one.id === participant.id);
	return {
		participants: known
			? people.participants.map((one) => (one.id === participant.id ? participant : one))
			: [...people.participants, participant],
		missing: people.missing.filter((one) => one.id !== participant.id),
	};
}

export function remove(people: People, id: string): People {
	return {
		participants: people.participants.filter((one) => one.id !== id),
		missing: people.missing.filter((one) => one.id !== id),
	};
}

/**
 * Who is missing in the snapshot of a Welcome. A server that restarted starts a new meeting, to which
 * everybody comes back in their own time; those we still hear and see stay with us meanwhile.
 */
export function missingAfterWelcome(
	before: Meeting | null,
	welcome: { readonly meeting: string; readonly you: string },
	present: readonly Participant[],
	alive: readonly string[],
): readonly Participant[] {
	// As somebody else than before we have no connection to anybody.
	if (before === null || before.you !== welcome.you) return [];
	const restarted = before.meeting !== welcome.meeting;
	const candidates = restarted ? [...before.missing, ...before.participants] : before.missing;
	return candidates.filter(
		(one) =>
			one.id !== welcome.you &&
			alive.includes(one.id) &&
			!present.some((other) => other.id === one.id),
	);
}
