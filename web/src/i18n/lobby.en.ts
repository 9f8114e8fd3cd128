/** English: knocking, waiting, and what comes of it. */
import { pluralsOf } from "./plurals";

const plural = pluralsOf("en");

export const lobby = {
	visiting: "You are knocking at",
	reception: (name: string) => `Reception of ${name}`,
	receptionHow: "Knock here and you are sent on to the right room.",
	looking: "Looking whether the door is open…",
	knock: "Knock",
	message: "Message to the host",
	messageHint: "If you like: who you are and why you come.",
	sendPicture: "Send a picture",
	sendPictureHint:
		"Hosts see your name and your message. A picture goes along only if you add one here.",
	pictureGoes: "This picture goes along with your knock.",
	takeAgain: "Take it again",
	takeBack: "Without a picture",
	noPicture: "No picture could be taken. Turn your camera on and try again, or knock without.",
	letIn: "You are let in.",
	letInHow: "You join as soon as your camera and microphone are ready.",
	comingBack: "You were here a moment ago. You join again as soon as your devices are ready.",
	sentBack:
		"A host sent you here from the room. You knock already, and a host can let you in again.",
	hostThere: "A host is here to let you in.",
	hostPresent: "A host is here and sees your knock.",
	nobody: "Nobody is here to let you in yet.",
	told: "We told the host; you can wait or come back.",
	notTold: "You can wait or come back: you keep your place.",
	states: {
		sending: "Knocking…",
		waiting: "Waiting",
		"asked to wait": "Waiting: the host asks for a little patience",
		admitted: "Admitted",
		"room full": "Waiting: the room is full",
		"turned away": "Turned away",
		lapsed: "Your knock is over",
		deleted: "The room was deleted",
	},
	admittedHow: "You are on your way in.",
	turnedAwayHow: "It does not suit the host now. You can knock again.",
	lapsedHow: "Nobody answered for a long time, or it ended in another tab. You can knock again.",
	roomFullHow:
		"A host lets you in, and there is no seat now. You go in by yourself as soon as there is one, or when the host makes room.",
	deletedHow: "Nothing leads there any more. Ask whoever invited you where to go.",
	ahead: (count: number) =>
		plural(count, {
			one: "One person was here before you.",
			other: `${count} people were here before you.`,
		}),
	next: "You are first.",
	key: (digits: string) =>
		`Your key: ${digits}. Hosts see it with your knock; compare it when you want to be sure of each other.`,
	since: (time: string) => `You knocked at ${time}.`,
	offline: "The server does not answer. The page keeps trying, and you keep your place.",
	offlineBefore: "The server does not answer. The page knocks as soon as it does.",
	meanwhile: "What you can do meanwhile",
	leaveHow:
		"You can close this page: you keep your place for some hours and see the answer when you come back.",
	callMe: "Call me when there is an answer",
	callingYou: "This page calls you when there is an answer, also while you look at something else.",
	callRefused:
		"Your browser shows no messages of this page. Look at the title of this tab now and then.",
	change: "Change your message",
	changed: "Send to the host",
	devices: "Test your devices",
	stop: "Stop knocking",
	again: "Knock again",
	start: "Start page",
	inNow: "You are in the room.",
};
