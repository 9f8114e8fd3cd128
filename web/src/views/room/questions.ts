/** What hosts are asked once before it happens: the name of what they do, and what follows from it. */
import type { Words } from "../../i18n";
import type {
	ChangePresenterMode,
	EndMeeting,
	LockRoom,
	Mute,
	Remove,
	SendToLobby,
} from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { isHost } from "../../state/room";

/** A `Mute` is asked about where it is for everybody. */
export type Asking = LockRoom | ChangePresenterMode | Mute | Remove | SendToLobby | EndMeeting;

export interface Question {
	/** Title of the dialog and name of its button. */
	readonly name: string;
	readonly consequence: string;
	readonly danger: boolean;
}

/** Null when there is nothing left to ask: it is so already, the person is gone, or the role is. */
export function questionOf(
	command: Asking,
	meeting: Meeting,
	w: Words["hosting"],
): Question | null {
	if (!isHost(meeting)) return null;
	switch (command.type) {
		case "LockRoom":
			return lockQuestion(command, meeting, w);
		case "ChangePresenterMode":
			return presenterQuestion(command, meeting, w);
		case "Mute":
			return mild(w.muteEverybody, w.consequences.muteEverybody);
		case "EndMeeting":
			return endQuestion(command, meeting, w);
		default:
			return personQuestion(command, meeting, w);
	}
}

function mild(name: string, consequence: string): Question {
	return { name, consequence, danger: false };
}

function lockQuestion({ locked }: LockRoom, { room }: Meeting, w: Words["hosting"]) {
	if (room.locked === locked) return null;
	return locked ? mild(w.lock, w.consequences.lock) : mild(w.unlock, w.consequences.unlock);
}

function presenterQuestion({ on }: ChangePresenterMode, { room }: Meeting, w: Words["hosting"]) {
	if (room.presenterMode === on) return null;
	const { presenterModeOn, presenterModeOff } = w.consequences;
	return mild(w.presenterMode, on ? presenterModeOn : presenterModeOff);
}

function wayBack({ room }: Meeting, w: Words["hosting"]): string {
	return room.locked ? w.consequences.knockToReturn : w.consequences.linkToReturn;
}

function endQuestion({ stay }: EndMeeting, meeting: Meeting, w: Words["hosting"]): Question {
	const what = stay ? w.consequences.endForOthers : w.consequences.end;
	return {
		name: stay ? w.endForOthers : w.endForEverybody,
		consequence: `${what} ${wayBack(meeting, w)}`,
		danger: true,
	};
}

function personQuestion(command: Remove | SendToLobby, meeting: Meeting, w: Words["hosting"]) {
	const person = meeting.participants.find((one) => one.id === command.participant);
	if (!person || (command.type === "SendToLobby" && !meeting.room.locked)) return null;
	const { consequences } = w;
	return command.type === "SendToLobby"
		? { name: w.sendToLobby, consequence: consequences.sendToLobby(person.name), danger: true }
		: {
				name: w.remove,
				consequence: `${consequences.remove(person.name)} ${wayBack(meeting, w)}`,
				danger: true,
			};
}
