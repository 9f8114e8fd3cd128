import type { Signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { type HostingDesk, makeHostingDesk } from "../../src/actions/hosting";
import { makeStore, type Store } from "../../src/actions/store";
import type { Answer } from "../../src/connection/line";
import type { Command, Event, Participant, Refusal, Room } from "../../src/protocol/generated";
import type { OwnMedia } from "../../src/state/media";
import { settle } from "../fakes/clock";
import { participant, room } from "../fakes/meeting";
import { device, fakePage } from "../fakes/page";
import { welcome } from "../fakes/socket";

let store: Store;
let own: Signal<OwnMedia>;
let desk: HostingDesk;
let asked: { command: Command; answer: (answer: Answer | null) => void }[];
let names: string[];

function ownMedia(change: Partial<OwnMedia>): void {
	own.value = { ...own.value, ...change };
}

function screen(change: Partial<OwnMedia["screen"]>): void {
	ownMedia({ screen: { ...own.value.screen, ...change } });
}

function hear(event: Event): void {
	const before = store.meeting();
	store.happen({ type: "EventHeard", event, now: 0, alive: [] });
	desk.heard(event, before);
}

beforeEach(() => {
	store = makeStore();
	own = fakePage().state.own;
	asked = [];
	names = [];
	desk = makeHostingDesk(
		store,
		{
			own,
			setMicrophone: (on) => ownMedia({ microphone: device({ wanted: on, on }) }),
			setScreen: (on) => screen({ on, starting: false }),
		},
		(command) => new Promise((answer) => asked.push({ command, answer })),
		(name) => names.push(name),
	);
	store.happen({ type: "JoinStarted" });
	hear(welcome({ snapshot: { ...welcome().snapshot, room: room(), participants: [me()] } }));
});

const me = (change: Partial<Participant> = {}) => participant(0, change);
const notes = () => desk.state.notes.value;
const microphoneIsOn = () => own.value.microphone.on;
let seq = 100;

function become(role: Participant["role"]): void {
	hear({ type: "ParticipantChanged", seq: seq++, participant: me({ role }) });
}

function change(rules: Partial<Room>): void {
	hear({ type: "RoomChanged", seq: seq++, room: room(rules) });
}

async function answer(value: Answer | null): Promise<void> {
	asked.at(-1)?.answer(value);
	await settle();
}

const refused = (refusal: Refusal): Answer => ({ type: "Refused", ref: 1, refusal });
const notAHost: Refusal = { code: "NotAHost", facts: {} };

describe("the microphone", () => {
	it("goes off at once, says who did it, and can be turned on again", () => {
		hear({ type: "MicrophoneAsked", on: false, by: "Ada" });
		expect(microphoneIsOn()).toBe(false);
		expect(notes()).toEqual([{ kind: "muted", by: "Ada" }]);
		ownMedia({ microphone: device() });
		expect(notes()).toEqual([]);
	});

	it("does not come on when it was still starting", () => {
		ownMedia({ microphone: device({ on: false, starting: true }) });
		hear({ type: "MicrophoneAsked", on: false, by: "Ada" });
		expect(own.value.microphone.wanted).toBe(false);
		expect(notes()).toEqual([{ kind: "muted", by: "Ada" }]);
	});

	it("says nothing when it was off already", () => {
		ownMedia({ microphone: device({ wanted: false, on: false }) });
		hear({ type: "MicrophoneAsked", on: false, by: "Ada" });
		expect(notes()).toEqual([]);
	});

	it("never comes on by itself, whoever asks and however often", () => {
		ownMedia({ microphone: device({ wanted: false, on: false }) });
		for (const by of ["Ada", "Grace", "Ada", "Alan", "Radia", "Grace"]) {
			hear({ type: "MicrophoneAsked", on: true, by });
		}
		expect(microphoneIsOn()).toBe(false);
		expect(notes()).toEqual([{ kind: "asked", by: ["Alan", "Radia", "Grace"] }]);
	});

	it("is not asked for when it is on, and the question goes when it comes on", () => {
		hear({ type: "MicrophoneAsked", on: true, by: "Ada" });
		expect(notes()).toEqual([]);
		ownMedia({ microphone: device({ wanted: false, on: false }) });
		hear({ type: "MicrophoneAsked", on: true, by: "Ada" });
		ownMedia({ microphone: device() });
		expect(notes()).toEqual([]);
	});

	it("was turned off, until somebody asks to turn it on", () => {
		hear({ type: "MicrophoneAsked", on: false, by: "Ada" });
		hear({ type: "MicrophoneAsked", on: true, by: "Ada" });
		expect(notes()).toEqual([{ kind: "asked", by: ["Ada"] }]);
	});

	it("is not asked for any more by who turned it off", () => {
		ownMedia({ microphone: device({ wanted: false, on: false }) });
		hear({ type: "MicrophoneAsked", on: true, by: "Ada" });
		hear({ type: "MicrophoneAsked", on: false, by: "Ada" });
		expect(notes()).toEqual([]);
	});
});

describe("the own screen", () => {
	it("stops when presenter mode begins, and the reason goes with it", () => {
		screen({ on: true });
		change({ presenterMode: true });
		expect(own.value.screen.on).toBe(false);
		expect(notes()).toEqual([{ kind: "no screen", why: "presenter mode", stopped: true }]);
		change({ presenterMode: false });
		expect(notes()).toEqual([]);
	});

	it("does not begin while the browser still asked which one", () => {
		screen({ starting: true });
		change({ share: "hosts" });
		expect(own.value.screen.starting).toBe(false);
		expect(notes()).toEqual([{ kind: "no screen", why: "hosts only", stopped: true }]);
	});

	it("goes on for hosts, and stops with the role", () => {
		become("host");
		screen({ on: true });
		change({ presenterMode: true });
		expect(own.value.screen.on).toBe(true);
		become("guest");
		expect(own.value.screen.on).toBe(false);
	});

	it("is not asked for where it would be refused", () => {
		change({ presenterMode: true });
		desk.actions.setScreen(true);
		expect(own.value.screen.on).toBe(false);
		expect(notes()).toEqual([{ kind: "no screen", why: "presenter mode", stopped: false }]);
	});

	it("stops when the server refuses it", () => {
		desk.actions.setScreen(true);
		expect(own.value.screen.on).toBe(true);
		desk.mediaAnswered({ type: "Done", ref: 1 });
		desk.mediaAnswered(null);
		expect(own.value.screen.on).toBe(true);
		desk.mediaAnswered(refused({ code: "HostsOnly", facts: {} }));
		expect(own.value.screen.on).toBe(false);
		expect(notes()).toMatchObject([{ kind: "no screen", stopped: true }]);
	});
});

describe("the role", () => {
	it("is told when it comes and when it goes", () => {
		become("host");
		expect(notes()).toEqual([{ kind: "role", host: true }]);
		become("guest");
		expect(notes()).toEqual([{ kind: "role", host: false }]);
	});

	it("of somebody else is none of one's own notes", () => {
		hear({ type: "ParticipantJoined", seq: seq++, participant: participant(1, { role: "host" }) });
		expect(notes()).toEqual([]);
	});
});

describe("what hosts do", () => {
	it("is sent as it is, and done when the server says so", async () => {
		const done = desk.actions.asHost({ type: "Mute", participant: null });
		expect(asked.map(({ command }) => command)).toEqual([{ type: "Mute", participant: null }]);
		await answer({ type: "Done", ref: 1 });
		expect(await done).toBe(true);
		expect(notes()).toEqual([]);
	});

	it("is explained when it was refused, until it is tried again or dismissed", async () => {
		const done = desk.actions.asHost({ type: "LockRoom", locked: true });
		await answer(refused(notAHost));
		expect(await done).toBe(false);
		expect(notes()).toEqual([{ kind: "refused", command: "LockRoom", refusal: notAHost }]);
		void desk.actions.asHost({ type: "LockRoom", locked: true });
		expect(notes()).toEqual([]);
		await answer(null);
		expect(notes()).toEqual([{ kind: "refused", command: "LockRoom", refusal: null }]);
		for (const note of notes()) desk.actions.dismissNote(note);
		expect(notes()).toEqual([]);
	});
});

describe("a new name", () => {
	it("is kept only after the server agreed", async () => {
		desk.actions.rename("Grace");
		expect(names).toEqual([]);
		await answer({ type: "Done", ref: 1 });
		expect(names).toEqual(["Grace"]);
	});

	it("that was refused is not kept, and the reason is told", async () => {
		const refusal: Refusal = { code: "NameTooLong", facts: { limit: 80 } };
		desk.actions.rename("x".repeat(81));
		await answer(refused(refusal));
		expect(names).toEqual([]);
		expect(notes()).toEqual([{ kind: "refused", command: "Rename", refusal }]);
	});
});

describe("the end of the meeting", () => {
	it("is the person's own until the server answers", async () => {
		void desk.actions.asHost({ type: "EndMeeting", stay: false });
		expect(desk.ending).toBe(true);
		await answer(refused(notAHost));
		expect(desk.ending).toBe(false);
	});

	it("is not, when they stay", () => {
		void desk.actions.asHost({ type: "EndMeeting", stay: true });
		expect(desk.ending).toBe(false);
	});
});

it("takes no note along into the next meeting", () => {
	become("host");
	store.happen({ type: "MeetingLeft", why: "left" });
	store.happen({ type: "HallEntered" });
	store.happen({ type: "JoinStarted" });
	hear(welcome());
	expect(notes()).toEqual([]);
});
