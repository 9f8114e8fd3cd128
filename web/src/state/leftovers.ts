/** What a meeting made and leaves in the room, for the host who is the last one to decide on it. */
import type { Meeting } from "./model";
import { isHost } from "./room";

export interface Leftovers {
	readonly files: number;
	readonly boards: number;
	/** Something was said. */
	readonly chat: boolean;
}

/** Undefined where there is nothing, or where another host is there to see to it. */
export function leftBy(meeting: Meeting): Leftovers | undefined {
	const { you, participants, content, boards, chat, since } = meeting;
	const others = participants.filter((one) => one.id !== you);
	if (!isHost(meeting) || others.some((one) => one.role === "host")) return undefined;
	const isNew = ({ addedAt }: { readonly addedAt: number }) => addedAt >= since;
	const made: Leftovers = {
		files: content.filter(isNew).length,
		boards: boards.filter(isNew).length,
		chat: chat.messages.some(({ at, deleted }) => at >= since && !deleted),
	};
	return made.files || made.boards || made.chat ? made : undefined;
}
