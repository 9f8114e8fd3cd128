/**
 * English words of the door, and the shape of every other language. Apart from the room's: pages that
 * are rendered on the server load these alone.
 */
import type { RefusalSentences } from "../../i18n/explain";
import { pluralsOf } from "../../i18n/plurals";

const plural = pluralsOf("en");

const refusals: Partial<RefusalSentences> = {
	TooFast: ({ seconds }) =>
		`That was too much at once. Wait ${plural(Math.ceil(seconds), { one: "a second", other: `${Math.ceil(seconds)} seconds` })} and press again.`,
	RoomNameInvalid: () => "That is not the name of a room. Use letters, digits, - and _.",
	RoomNameTooLong: ({ limit }) => `That name is too long. Use at most ${limit} characters.`,
	RoomNameReserved: () => "The server uses this name itself. Choose another room.",
	RoomFull: ({ limit }) =>
		`The room is full: ${plural(limit, { one: "one person fits", other: `${limit} people fit` })}. Ask them to wait, or send them to another room.`,
	NoSuchRoom: () => "There is no such room. Choose one of yours, or leave the field empty.",
	NotAHost: () => "You are no host there. Choose a room of yours, or ask its owner.",
	LastingHostsOnly: () =>
		"Only the owner and lasting hosts admit for always. Admit once or for this meeting, or ask the owner.",
	NotSignedIn: () => "You are signed out. Sign in again to answer.",
	StorageFull: () =>
		"The server's disk is full, so this was not kept. Tell whoever runs the server, then press again.",
	StorageFailed: () => "The server could not keep this. Press again in a moment.",
	ServerStopping: () => "The server is restarting. Press again in a moment.",
};

export const en = {
	region: "At the door",
	count: (count: number) => `At the door: ${count}`,
	list: "Who waits",
	admit: "Admit",
	forMeeting: "Admit for this meeting",
	always: "Always admit",
	askToWait: "Ask to wait",
	turnAway: "Turn away",
	more: "More",
	/** Below the answers, once More is open. */
	meanings: {
		once: "Admit: comes in now. Whoever leaves for longer knocks again.",
		forMeeting: "Admit for this meeting: comes and goes without knocking until it ends.",
		always: "Always admit: never knocks at this room again, until you revoke it.",
	},
	all: "Admit all",
	atRoom: (count: number, room: string) =>
		`${plural(count, { one: "1 person waits", other: `${count} people wait` })} at ${room}`,
	door: (room: string) => `At ${room}`,
	reception: "At your reception",
	receptionOf: (name: string) => `At the reception of ${name}`,
	justNow: "now",
	minutes: (minutes: number) => `${minutes} min`,
	hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
	waits: (time: string) => `Waits: ${time}`,
	signedIn: "Has an account here",
	known: {
		link: (label: string) => (label ? `Invited: ${label}` : "Invited by a link without a name"),
		account: (name: string) => `Known: should knock, as ${name}`,
		email: (address: string) => `Known: should knock, as ${address}`,
	},
	key: (digits: string) => `Key: ${digits}`,
	away: "Left the page for now",
	asked: "Asked to wait",
	picture: (name: string) => `Picture of ${name}`,
	whereTo: "Where to",
	whereToHint: "Name of a room. Leave it empty for a new one.",
	toNew: "Admit to a new room",
	toRoom: (room: string) => `Admit to ${room}`,
	cancel: "Cancel",
	goThere: (room: string) => `Go to ${room}`,
	answering: "Telling them…",
	lost: "The connection to the server was lost; the page is coming back by itself.",
	unanswered: "The server did not answer. Press again when the connection is back.",
	other: "The server could not do that. Try again; if it happens again, reload the page.",
	refusals,
	here: (count: number, name: string) =>
		plural(count, { one: `${name} is at the door.`, other: `${count} people came to the door.` }),
	told: {
		admitted: (name: string, by: string) =>
			by ? `${by} admitted ${name}.` : `${name} was admitted.`,
		"turned away": (name: string, by: string) =>
			by ? `${by} turned ${name} away.` : `${name} was turned away.`,
		stopped: (name: string) => `${name} does not wait any more.`,
		lapsed: (name: string) => `${name} waited too long and left.`,
		full: (name: string) =>
			`The room is full: ${name} goes in as soon as there is a seat. Raise the limit in the settings of the room to make room.`,
		answered: (name: string, by: string) =>
			`${by} answered already: ${name} does not wait any more.`,
	},
	moreTold: (count: number) => plural(count, { one: "And one more.", other: `And ${count} more.` }),
	soundOff: "The browser plays no sound before you let it.",
	soundOn: "Turn on sound",
	notify: "Show notifications",
	notifyHow: "While you look at something else, the browser can tell you who knocks.",
	notifyDenied:
		"The browser does not show notifications of this page. Click the icon to the left of the address, allow them there, then reload.",
	notNow: "Not now",
};

export type DoorWords = typeof en;
