/** `apply(state, what happened) -> state`: pure, no DOM, no sockets, time comes with what happened. */
import type { Event, MeetingEvent } from "../protocol/generated";
import { addBoard, changeBoard, removeBoard } from "./boards";
import {
	addPending,
	changeMessage,
	clearUpTo,
	dropPending,
	leftOffAt,
	markPending,
	markRead,
	postMessage,
	prependEarlier,
} from "./chat";
import { addItem, removeItem } from "./content";
import { applyAtDoor, enterLobby, HALL } from "./door";
import type { Happening } from "./happenings";
import type { Chat, Meeting, Stage } from "./model";
import { changePath, forgetPath } from "./paths";
import { remove, upsert } from "./people";
import { enter, leave, lose } from "./session";

export function apply(stage: Stage, happening: Happening): Stage {
	switch (happening.type) {
		case "JoinStarted":
			return stage.name === "hall" ? { name: "joining", door: stage.door, from: "hall" } : stage;
		case "JoinUnanswered":
			return stage.name === "joining" ? { ...HALL, door: stage.door, unreachable: true } : stage;
		case "JoinRefused":
			return happening.refusal.code === "NoSuchRoom"
				? { name: "left", why: "deleted" }
				: { ...HALL, refusal: happening.refusal };
		case "ConnectionLost":
			return lose(stage, happening.attempt);
		case "MeetingLeft":
			return stage.name === "hall" ? stage : leave(stage, happening.why);
		case "HallEntered":
			// At the same door, which needs no second look.
			return { ...HALL, door: stage.name === "lobby" ? stage.door : null };
		case "LobbyEntered":
			return enterLobby(happening.event, happening.now);
		case "DoorSeen":
		case "DoorLost":
		case "KnockStarted":
		case "KnockSeen":
		case "KnockRefused":
		case "KnockForgotten":
		case "KnockTakenOver":
		case "Arriving":
			return applyAtDoor(stage, happening);
		case "EventHeard":
			return hear(stage, happening.event, happening.now, happening.alive);
		case "MissingGivenUp":
			return inMeeting(stage, (meeting) => giveUp(meeting, happening.participants));
		default:
			return inChat(stage, (chat) => applyToChat(chat, happening));
	}
}

function inMeeting(stage: Stage, change: (meeting: Meeting) => Meeting): Stage {
	if (stage.name !== "in") return stage;
	const meeting = change(stage.meeting);
	return meeting === stage.meeting ? stage : { ...stage, meeting };
}

function inChat(stage: Stage, change: (chat: Chat) => Chat): Stage {
	return inMeeting(stage, (meeting) => {
		const chat = change(meeting.chat);
		return chat === meeting.chat ? meeting : { ...meeting, chat };
	});
}

function hear(stage: Stage, event: Event, now: number, alive: readonly string[]): Stage {
	switch (event.type) {
		case "Welcome":
			return enter(stage, event, now, alive);
		case "ChatLoaded":
			return inChat(stage, (chat) => prependEarlier(chat, event.page));
		case "PrivateChatPosted":
			return inMeeting(stage, (meeting) => ({
				...meeting,
				chat: postMessage(meeting.chat, event.message, meeting.you),
			}));
		case "PrivateChatChanged":
			return inChat(stage, (chat) => changeMessage(chat, event.message));
		case "PathChanged":
			return inMeeting(stage, (meeting) => ({
				...meeting,
				paths: changePath(meeting.paths, event),
			}));
		case "ParticipantJoined":
		case "ParticipantChanged":
		case "ParticipantLeft":
		case "ChatPosted":
		case "ChatChanged":
		case "ChatCleared":
		case "ContentAdded":
		case "ContentRemoved":
		case "BoardAdded":
		case "BoardChanged":
		case "BoardRemoved":
		case "PresentationChanged":
		case "RoomChanged":
			return inMeeting(stage, (meeting) => follow(meeting, event));
		// Answers go to whoever asked, signals and keys to the media, knocks to the door; the end of a connection comes
		// as its own happening.
		case "Done":
		case "ChatFound":
		case "UsageLoaded":
		case "Refused":
		case "Ended":
		case "SignalReceived":
		case "RelayAnswered":
		case "RelayOffered":
		case "KeysWrapped":
		case "KeyAcknowledged":
		case "KeyAsked":
		// To whoever has the board open.
		case "BoardMade":
		case "BoardDrawn":
		case "BoardMissed":
		case "BoardPointed":
		case "DoorSeen":
		case "KnockSeen":
		case "DoorsWatched":
		case "KnocksChanged":
		case "AnswerTaken":
		case "StillLoaded":
		case "MicrophoneAsked":
		// Shown for a moment: not part of what the page knows.
		case "TypingShown":
			return stage;
	}
}

/** Snapshot + events = newer snapshot. What the snapshot already contains is not applied again. */
export function follow(meeting: Meeting, event: MeetingEvent): Meeting {
	if (event.seq <= meeting.seq) return meeting;
	const next = { ...meeting, seq: event.seq };
	switch (event.type) {
		case "ParticipantJoined":
		case "ParticipantChanged":
			return { ...next, ...upsert(meeting, event.participant) };
		case "ParticipantLeft":
			return {
				...next,
				...remove(meeting, event.participant),
				paths: forgetPath(meeting.paths, event.participant),
			};
		case "ChatPosted":
			return { ...next, chat: postMessage(meeting.chat, event.message, meeting.you) };
		case "ChatChanged":
			return { ...next, chat: changeMessage(meeting.chat, event.message) };
		case "ChatCleared":
			return { ...next, chat: clearUpTo(meeting.chat, event.upTo) };
		case "ContentAdded":
			return { ...next, content: addItem(meeting.content, event.item) };
		case "ContentRemoved":
			return { ...next, content: removeItem(meeting.content, event.item) };
		case "BoardAdded":
			return { ...next, boards: addBoard(meeting.boards, event.board) };
		case "BoardChanged":
			return { ...next, boards: changeBoard(meeting.boards, event.board) };
		case "BoardRemoved":
			return { ...next, boards: removeBoard(meeting.boards, event.board) };
		case "PresentationChanged":
			return { ...next, presentation: event.presentation };
		case "RoomChanged":
			return { ...next, room: event.room };
	}
}

function giveUp(meeting: Meeting, participants: readonly string[]): Meeting {
	const missing = meeting.missing.filter((one) => !participants.includes(one.id));
	return missing.length === meeting.missing.length ? meeting : { ...meeting, missing };
}

type ChatHappening = Extract<
	Happening,
	{ readonly type: `Message${string}` | `Messages${string}` | `Earlier${string}` }
>;

function applyToChat(chat: Chat, happening: ChatHappening): Chat {
	switch (happening.type) {
		case "MessageSaid":
			return addPending(chat, happening);
		case "MessageSaidAgain":
			return markPending(chat, happening.clientId, null);
		case "MessageAcknowledged":
		case "MessageThrownAway":
			return dropPending(chat, happening.clientId);
		case "MessageRefused":
			return markPending(chat, happening.clientId, happening.refusal);
		case "EarlierAsked":
			return { ...chat, loadingEarlier: true };
		case "EarlierNotGiven":
			return { ...chat, loadingEarlier: false };
		case "MessagesRead":
			return markRead(chat, happening.number);
		case "MessagesReadBefore":
			return leftOffAt(chat, happening.number);
	}
}
