/**
 * English, and the shape every other language has to fill: a key that is missing there does not
 * compile. Sentences about something that went wrong say what to do next.
 */
import type { DeviceTrouble } from "../state/media";
import { connection } from "./connection.en";
import { content, contentRefusals } from "./content.en";
import { encryption } from "./encryption.en";
import type { RefusalSentences } from "./explain";
import { hosting } from "./hosting.en";
import { lobby } from "./lobby.en";
import { pluralsOf } from "./plurals";

const plural = pluralsOf("en");

const refusals: RefusalSentences = {
	MessageMalformed: () => "The server did not understand this page. Reload it and try again.",
	NotJoined: () => "You are not in the room any more. Reload the page to come back.",
	AlreadyJoined: () => "You are in the room already. Reload the page if it does not show.",
	TooFast: ({ seconds }) =>
		`That was too much at once. Wait ${plural(Math.ceil(seconds), { one: "a second", other: `${Math.ceil(seconds)} seconds` })} and try again.`,
	NameTooLong: ({ limit }) => `This name is too long. Use at most ${limit} characters.`,
	NameEmpty: () => "Write your name, so that the others know who you are.",
	NoSuchMessage: () => "This message is not there any more, or it is not yours to change.",
	TextTooLong: ({ limit }) =>
		`This message is too long. Use at most ${limit} characters, or send it in parts.`,
	TextEmpty: () => "There is nothing in this message. Write something first.",
	RoomNameInvalid: () =>
		"This is not the name of a room. Use letters, digits, - and _ in the address.",
	RoomNameTooLong: ({ limit }) =>
		`The name of this room is too long. Use an address with at most ${limit} characters.`,
	RoomNameReserved: () => "The server uses this address itself. Choose another name for the room.",
	RoomNameTaken: () => "Another room has this name. Choose another one.",
	RoomNotFree: () =>
		"This room belongs to somebody, or people are in it. Try again when it is empty, or choose another one.",
	TooManyRooms: ({ limit }) =>
		`Somebody can own at most ${limit} rooms. Delete one that nobody needs any more.`,
	TooManyOffers: ({ limit }) =>
		`You have made ${limit} offers that nobody has answered yet. Take one of them back first, or wait.`,
	NoSuchRoom: () => "This room was deleted. Choose another room.",
	RoomFull: ({ limit }) =>
		`The room is full: ${plural(limit, { one: "one person fits", other: `${limit} people fit` })}. Try again when somebody has left.`,
	WayBackInvalid: () => "The way back into the room has expired. Join again.",
	KnockFirst: () => "The room is locked. Knock, and a host can let you in.",
	OtherKeys: () =>
		"You knocked with the keys of another page of yours, and those are gone. Knock again, so that hosts see the keys of this one.",
	InviteLinkInvalid: () =>
		"This invitation no longer opens the room. Ask whoever sent it for a new link, or knock.",
	TooManyGrants: ({ limit }) =>
		`At most ${limit} people and links can have access to one room. Take one away first.`,
	NotAHost: () => "Only hosts of this room can do that. Ask a host to do it.",
	HostsOnly: () => "In this room only hosts do that for now. Raise your hand to ask a host.",
	RoomNotOwned: () =>
		"Nobody owns this room, so it has no door to lock. Claim it first on your account page.",
	RoomNotLocked: () =>
		"The room is open, so nobody waits in its lobby. Lock the room first, or remove the person.",
	RoomHeld: () =>
		"This room has to be kept for now: nothing in it can be removed or reworded, and it can be neither deleted nor handed on. Ask whoever runs this server.",
	HostRoleStands: () =>
		"This person was made a host for good. Ask the owner of the room to take that back.",
	LastingHostsOnly: () =>
		"Only the owner and lasting hosts let somebody in for always. Admit once or for this meeting, or ask the owner.",
	OfferGone: () =>
		"This was taken back, has run out, or was answered already. Nothing was changed.",
	NotForSupport: () =>
		"Whoever is here for support keeps the name of the account, and cannot be made host.",
	KnockGone: () => "That person does not wait at the door any more. Nothing is left to answer.",
	KnockAnswered: ({ by }) => `${by} has answered this knock already. Nothing is left to do.`,
	LobbyFull: ({ limit }) =>
		`The lobby is full: ${plural(limit, { one: "one person waits", other: `${limit} people wait` })} there. Knock again in a few minutes.`,
	StillInvalid: () => "The server could not read this picture. Take it again, or knock without.",
	NotSignedIn: () => "You are not signed in any more. Sign in, then try again.",
	NoSuchParticipant: () => "That person is not in the room any more.",
	NotRelayed: () => "Picture and sound do not go through this server now. Wait a moment.",
	RelayFull: () =>
		"This server passes on as much picture and sound as it may. It goes on by itself when somebody leaves; whoever runs the server can allow more.",
	RelayOfferInvalid: () =>
		"This browser and the server found no common way to send picture and sound. Update your browser, or use another one.",
	ImageTooLarge: ({ megabytes, megapixels }) =>
		`This image is too large. Use one with at most ${megabytes} MB and ${megapixels} megapixels.`,
	ImageUnreadable: () =>
		"This file is not an image that can be used. Choose a PNG, JPEG, WebP or GIF.",
	...contentRefusals,
	ImagesBusy: () => "The server is busy with other images. Try again in a moment.",
	StorageFull: () =>
		"The server's disk is full, so this was not kept. Tell whoever runs the server, then try again.",
	StorageFailed: () =>
		"The server could not keep this. Try again in a moment; if it happens again, tell whoever runs the server.",
	ServerFault: ({ incident }) =>
		`Something went wrong on the server. Try again; if it happens again, tell whoever runs it this number: ${incident}.`,
	ServerStopping: () => "The server is restarting. Try again in a moment.",
};

const devices = { camera: "camera", microphone: "microphone", screen: "screen" };

const troubles: Record<DeviceTrouble, (device: keyof typeof devices) => string> = {
	insecure: (device) =>
		device === "screen"
			? "Browsers share a screen on encrypted pages only. Ask whoever runs this server for its https:// address."
			: "Browsers give a camera and a microphone to encrypted pages only. Ask whoever runs this server for its https:// address. You can still join, listen and write.",
	refused: (device) =>
		device === "screen"
			? "No screen was shared. Press the button again and choose what to show."
			: `The browser does not let this page use the ${devices[device]}.`,
	missing: (device) => `No ${devices[device]} was found. Plug one in, or join without.`,
	busy: (device) =>
		`Another program is using the ${devices[device]}. Close that program, then turn the ${devices[device]} on again.`,
	unplugged: (device) =>
		`The ${devices[device]} was unplugged. Plug it in again, or choose another one.`,
	unknown: (device) =>
		`The ${devices[device]} did not start. Turn it on again; if that does not help, choose another one.`,
};

export const en = {
	close: "Close",
	dismiss: "Dismiss",
	tryAgain: "Try again",
	you: (name: string) => `${name} (you)`,
	skipToRoom: "Skip to the room",
	refusals,
	troubles,
	allowHow: {
		chrome: "Click the icon to the left of the address, allow it there, then turn it on again.",
		firefox:
			"Click the crossed-out icon to the left of the address, remove the block, then turn it on again.",
		safari:
			"Choose Settings for This Website in the Safari menu, allow it there, then turn it on again.",
	},
	devices: {
		microphone: "Microphone",
		camera: "Camera",
		cameraDevice: "Camera device",
		microphoneDevice: "Microphone device",
		speakerDevice: "Speaker device",
		level: "Microphone level",
		none: "Not available",
		unnamed: (number: number) => `Device ${number}`,
		defaultSpeaker: "Default",
		starting: "Starting the camera",
	},
	hall: {
		visiting: "You are about to enter",
		yourName: "Your name",
		namePlaceholder: "How the others see you",
		support: "An administrator of this server entered a room of yours for support.",
		supportRead: "Read why",
		nobodys: "This room belongs to nobody.",
		claim: "Make this room yours",
		join: "Join",
		joining: "Joining…",
		preview: "Your picture",
		cameraOff: "Your camera is off",
		listenOnly: "You join listening only.",
		listenFirst: "You join listening only. You can turn them on in the room too.",
		microphoneOff: "Your microphone is off. You can turn it on in the room too.",
		silent: "Say something: the bar moves when your microphone hears you.",
		unreachable: "The server does not answer. Check your connection, then press Join again.",
		media: {
			"when needed":
				"Picture and sound are end-to-end encrypted. They go straight between your browsers, and in a larger group or where they cannot, through this server.",
			always:
				"Picture and sound are end-to-end encrypted and go through this server, so that nobody in the room learns your network address.",
			never: "Picture and sound are end-to-end encrypted and go straight between your browsers.",
		},
		settings: "Settings",
	},
	lobby,
	room: {
		controls: "Controls",
		panels: "Panels",
		leave: "Leave",
		shareScreen: "Share screen",
		raiseHand: "Raise hand",
		invite: "Invite",
		settings: "Settings",
		keys: "Keyboard shortcuts",
		people: (count: number) => plural(count, { one: "1 person", other: `${count} people` }),
		joined: (name: string) => `${name} joined`,
		left: (name: string) => `${name} left`,
		handUp: (name: string) => `${name} raised a hand`,
		comingBack: (attempt: number, direct: boolean): string =>
			(attempt > 4
				? "The server still does not answer; the page keeps trying."
				: "The connection to the server was lost; the page is coming back by itself.") +
			(direct ? " You see and hear each other as before." : ""),
		back: "The connection is back.",
		soundBlocked: "The browser waits for you before it plays sound.",
		allowSound: "Turn sound on",
		pushToTalk: "You are talking while the space bar is down.",
		allClosed: "All panels are closed.",
		showPeople: "Show the people",
		resizeChat: "Width of the chat",
	},
	hosting,
	connection,
	encryption,
	people: {
		region: "People",
		connecting: "Connecting…",
		comingBack: "Coming back…",
		muted: "Microphone off",
		hand: (place: number) => `Hand raised, number ${place}`,
		quality: {
			good: "Connection: good",
			fair: "Connection: fair",
			poor: "Connection: poor",
		},
		failed: (name: string) =>
			`No picture or sound from ${name}: there is no direct path between your browsers now. Try again, or switch to another network.`,
		gone: (name: string) =>
			`${name} cannot be reached any more. When the server is back, the page tries again by itself.`,
		alone: "Nobody else is here yet",
		aloneHow: "Send them the link. The room stays open, and this chair stays free.",
		copyLink: "Copy the link",
		copied: "Link copied",
		beyond: (count: number) => `and ${count} more`,
		pin: "Pin",
		unpin: "Unpin",
		pinned: (what: string) => `${what} is pinned`,
		unpinned: (what: string) => `${what} is not pinned any more`,
		toSpeaker: "Show who speaks large",
		toGrid: "Show everybody the same size",
	},
	content,
	chat: {
		region: "Chat",
		log: "Messages",
		field: "Message",
		placeholder: "Write to everybody",
		send: "Send",
		sending: "Sending…",
		throwAway: "Throw away",
		notSent: (why: string) => `Not sent. ${why}`,
		empty: "Nothing has been said yet",
		emptyHow: "What you write here stays with the room: it is still here when you come back.",
		beginning: "This is where the conversation begins.",
		loadingEarlier: "Loading earlier messages…",
		loadEarlier: "Load earlier messages",
		unread: "New",
		unreadCount: (count: number) =>
			plural(count, { one: "1 new message", other: `${count} new messages` }),
		toNewest: "Go to the newest message",
		today: "Today",
		yesterday: "Yesterday",
		tooLong: (over: number) =>
			plural(over, { one: "1 character too many", other: `${over} characters too many` }),
		said: (name: string, text: string) => `${name}: ${text}`,
		search: "Search in the chat",
		searchEnd: "Back to the chat",
		found: (count: number) =>
			plural(count, { one: "1 message found", other: `${count} messages found` }),
		searchOn: "Search further back",
		searchFailed: "The server does not answer. Try again in a moment.",
		options: (name: string) => `Options for the message of ${name}`,
		reply: "Reply",
		edit: "Edit",
		delete: "Delete",
		deleted: "This message was deleted",
		edited: "edited",
		answers: (name: string, text: string) => `Answers ${name}: ${text}`,
		answersEarlier: "Answers an earlier message",
		replyingTo: (name: string) => `You answer ${name}`,
		replyingToAll: (name: string) => `You answer ${name}, and everybody sees it`,
		editing: "You change your message",
		stop: "Stop",
		save: "Save",
		reactions: {
			"👍": "Thumbs up",
			"❤️": "Heart",
			"😂": "Laughing",
			"😮": "Surprised",
			"😢": "Sad",
			"🎉": "Celebration",
		},
		reacted: (what: string, who: string) => `${what}: ${who}`,
		somebody: "somebody who left",
		everybody: "Everybody",
		writeTo: (name: string) => `Write to: ${name}`,
		placeholderTo: (name: string) => `Write to ${name} alone`,
		privateTo: (name: string) => `Private to ${name}`,
		privateToYou: "Private to you",
		privateHow: "Nobody else sees it, not even hosts.",
		publicAgain: "Write to everybody again",
		addresseeGone: (name: string) =>
			`${name} is not in the room any more, and nothing was sent. Choose somebody else to write to, or everybody.`,
		writePrivately: (name: string) => `Write to ${name} in private`,
		notHere: "Not in the room now",
		menu: "Chat options",
		saveText: "Save the chat as text",
		saveJson: "Save the chat as JSON",
		mention: "Mention a file",
		nothingShared: "Nothing is shared in this room yet",
		mostMentions: "No more fit into one message",
		dropMention: (name: string) => `Do not mention ${name}`,
		mentionGone: (name: string) => `${name} is not in the room any more`,
		writing: (names: string, count: number) =>
			count === 1 ? `${names} is writing` : `${names} are writing`,
		writingToYou: (name: string) => `${name} is writing to you`,
		manyWrite: "Several people are writing",
	},
	settings: {
		myData: "My data",
		myDataHint: "What this server keeps about you; it opens beside this page.",
		title: "Settings",
		you: "You",
		devices: "Devices",
		look: "Look and sound",
		name: "Your name",
		nameHint: "What the others see. It changes when you leave the field.",
		noise: "Suppress noise",
		noiseHint: "Takes fans and keyboards out of what the others hear.",
		mirror: "Mirror my picture",
		mirrorHint: "Only for you; the others see it as it is.",
		sounds: "Soft sounds",
		soundsHint: "A quiet tick when somebody comes or goes.",
		theme: "Theme",
		themes: { system: "As the system", light: "Light", dark: "Dark" },
		language: "Language",
		layout: "Layout",
		layouts: { grid: "Everybody the same size", speaker: "Who speaks is large" },
	},
	invite: {
		title: "Invite people",
		how: "Anybody with this link can come in. It stays the same as long as the room is there.",
		onlyHere:
			"This address opens on this machine only. For others, whoever runs the server starts it with --host 0.0.0.0 --tls self-signed, or under a public name.",
		link: "Link to this room",
		copy: "Copy",
		copied: "Copied",
		byHand: "Press Ctrl+C, or hold the link to copy it.",
		more: "More ways…",
	},
	shortcuts: {
		title: "Keyboard shortcuts",
		on: "Use single keys",
		onHint: "Turn this off if keys set things off by accident, for example with speech input.",
		space: "Space",
		hold: "Hold to talk",
		microphone: "Microphone on or off",
		camera: "Camera on or off",
		share: "Share a screen, or stop",
		hand: "Hand up or down",
		people: "People panel",
		content: "Shared content panel",
		chat: "Chat panel",
		layout: "Change the layout",
		pin: "Pin who speaks or has the focus, or unpin",
		door: "Who is at the door",
		invite: "Invite people",
		list: "This list",
		settings: "Settings",
	},
	left: {
		title: "You have left the room",
		how: "It stays as you left it. The link works again whenever you want.",
		elsewhere: "You are in this room in another tab",
		elsewhereHow:
			"This tab rests, so that you are not in the room twice. Go on in the other one, or join again here.",
		elsewhereKnocking: "You are knocking in another tab",
		elsewhereKnockingHow:
			"This tab rests, so that you do not knock twice. Wait in the other one, or go on here.",
		removed: "A host removed you from the room",
		removedHow: "If that was a mistake, knock or ask a host in another way.",
		lobby: "A host sent you to the lobby",
		lobbyHow: "Knock, and a host can let you in again.",
		ended: "A host ended the meeting",
		endedHow: "The room is as it was left. You can come back later, or knock when it is locked.",
		endedByYou: "You ended the meeting",
		deleted: "This room was deleted",
		deletedHow: "Nothing leads there any more. Ask whoever invited you where to go.",
		accessEnded: "Your access to this room has ended",
		accessEndedHow: "A host changed who may come in. You can knock, or ask for a new invitation.",
		again: "Join again",
		toDoor: "Back to the door",
		start: "Start page",
		keepOrClear: "Keep or clear?",
		made: (parts: readonly string[]) =>
			`From this meeting there is in the room: ${new Intl.ListFormat("en").format(parts)}. It stays for the next time, unless you clear it.`,
		madeChat: "what was said in the chat",
		keep: "Keep",
		clear: "Choose what goes",
		kept: "Everything stays in the room for the next time.",
	},
};

export type Words = typeof en;
