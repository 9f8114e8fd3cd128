/** English: what hosts do in a meeting, and what everybody sees of it. */

import { pluralsOf } from "./plurals";

const plural = pluralsOf("en");

export const hosting = {
	/** Beside a name. */
	roles: { host: "Host", support: "Support" },
	locked: "Locked",
	presenterMode: "Presenter mode",
	nowLocked: "The room is locked",
	nowUnlocked: "The room is unlocked",
	presenterModeOn: "Presenter mode is on",
	presenterModeOff: "Presenter mode is off",
	support: (name: string) => `${name} is here for support of this server.`,
	supportReason: (reason: string) => `The reason given: ${reason}`,
	supportYou:
		"You are here for support of this server. Everybody in the room sees that while you are here.",
	options: (name: string) => `Options for ${name}`,
	room: "Room",
	cancel: "Cancel",
	mute: "Mute",
	askToUnmute: "Ask to unmute",
	sendToLobby: "Send to the lobby",
	remove: "Remove",
	makeHost: "Make host",
	makeGuest: "Make guest",
	lock: "Lock room",
	unlock: "Unlock room",
	roomSettings: "Room settings",
	clearContent: "Clear content",
	clearHow:
		"What you tick goes for everybody and for ever. The room stays, with its people and its settings.",
	clearWhat: "What goes",
	clearAtEnd: "Everything stays in the room for the next time. Tick what is to go with the meeting",
	clearFiles: (count: number, size: string) =>
		plural(count, { one: `1 file, ${size}`, other: `${count} files, ${size}` }),
	clearChat: "Everything that was said in the chat, private messages of others too",
	resetRoom: "Reset room",
	resetRoomHow:
		"Its page opens in a new tab. There you tick what goes for ever: files, whiteboards, chat, invite links, access, activity. The room stays.",
	deleteRoom: "Delete room",
	deleteRoomHow:
		"The room goes with everything in it, for everybody. Its page opens in a new tab, where you confirm it; the meeting goes on until then.",
	muteEverybody: "Mute everybody",
	endForEverybody: "End for everybody",
	endForOthers: "End for the others",
	/** Below the name, in the menu. */
	hints: {
		presenterModeOn: "It is on: only hosts share. Press to turn it off.",
		presenterModeOff: "It is off. When it is on, only hosts share.",
	},
	/** What a confirm dialog says will happen. */
	consequences: {
		lock: "Whoever comes from now on knocks first, until a host lets them in. Whoever is in the room stays.",
		unlock:
			"Anybody with the link comes in without knocking. Whoever waits at the door is let in now.",
		presenterModeOn: "Only hosts will share, and screens of others stop at once.",
		presenterModeOff:
			"The others will be able to share again, as far as the settings of the room let them.",
		muteEverybody:
			"The microphones of everybody but the hosts go off. They can turn them on again themselves.",
		end: "Everybody leaves the room, you too.",
		endForOthers: "You stay. Everybody else leaves the room.",
		knockToReturn: "The room is locked: whoever wants to come back knocks first.",
		linkToReturn: "The room is not locked: whoever has the link can come back.",
		remove: (name: string) => `${name} leaves the room at once.`,
		sendToLobby: (name: string) =>
			`${name} leaves the room and waits in the lobby until a host answers.`,
	},
	notOwned: "Nobody owns this room, so it has no door.",
	notLocked: "The room is not locked, so nobody waits in its lobby.",
	mutedBy: (name: string) => `${name} turned your microphone off. You can turn it on again.`,
	asksYou: (names: string, several: boolean) =>
		`${names} ${several ? "ask" : "asks"} you to turn your microphone on.`,
	turnOn: "Turn on",
	notNow: "Not now",
	asked: (name: string) => `${name} was asked to turn the microphone on`,
	hostNow: "You are a host of this room now: you answer the door and help people in the room.",
	guestNow: "You are not a host of this room any more.",
	screenStopped: "Your screen is not shared any more.",
	noScreen: {
		"presenter mode": "Presenter mode is on: only hosts share a screen now.",
		"hosts only": "In this room only hosts share a screen.",
	},
	noChat: "In this room only hosts write in the chat.",
	notAsked: "The server did not answer, so nothing changed. Try again when the connection is back.",
	refusedRename: (why: string) => `Your name stays as it was. ${why}`,
	invite: {
		locked:
			"The room is locked: whoever comes with this link knocks first, and a host lets them in. The link stays the same as long as the room is there.",
		alone: "Send them the link. The room is locked: they knock, and you let them in.",
		aloneGuest: "Send them the link. The room is locked: they knock, and a host lets them in.",
	},
};

export type HostingWords = typeof hosting;
