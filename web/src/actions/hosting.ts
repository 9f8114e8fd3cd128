/** What hosts do, and what it does to oneself: the microphone, the screen, the role. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Answer } from "../connection/line";
import type { Command, Event, MicrophoneAsked } from "../protocol/generated";
import type { OwnMedia } from "../state/media";
import type { Meeting } from "../state/model";
import { keyOf, type Note, type Notes, withAsker, withNote, without } from "../state/notes";
import { isHost, type NoScreen, whyNoScreen } from "../state/room";
import type { Actions, PageState } from "./actions";
import type { Store } from "./store";

export interface HostingDesk {
	readonly state: Pick<PageState, "notes">;
	readonly actions: Pick<
		Actions,
		"asHost" | "changeMessage" | "rename" | "setScreen" | "dismissNote"
	>;
	/** The person just ended the meeting for everybody: the end comes instead of the answer. */
	readonly ending: boolean;
	/** After the store heard the event; `before` is the meeting as it was. */
	heard(event: Event, before: Meeting | null): void;
	/** True when it was done; otherwise a note says why not. */
	ask(command: Command): Promise<boolean>;
	note(note: Note): void;
	/** Of a ChangeMedia: the rules of the room may have changed on its way. */
	mediaAnswered(answer: Answer | null): void;
}

interface OwnDevices {
	readonly own: ReadonlySignal<OwnMedia>;
	setMicrophone(on: boolean): void;
	setScreen(on: boolean): void;
}

export function makeHostingDesk(
	store: Store,
	devices: OwnDevices,
	request: (command: Command) => Promise<Answer | null>,
	/** The server agreed to this name. */
	renamed: (name: string) => void,
): HostingDesk {
	const notes = signal<Notes>([]);
	const add = (note: Note) => {
		notes.value = withNote(notes.peek(), note);
	};
	const drop = (...keys: readonly string[]) => {
		notes.value = without(notes.peek(), ...keys);
	};
	effect(() => {
		const { wanted, trouble } = devices.own.value.microphone;
		if (wanted && trouble === null) drop("muted", "asked");
	});

	let ending = false;

	async function asHost(command: Parameters<Actions["asHost"]>[0]): Promise<boolean> {
		const ends = command.type === "EndMeeting" && !command.stay;
		ending ||= ends;
		const done = await ask(command);
		if (ends) ending = false;
		return done;
	}

	/** True when it was done; otherwise a note says why not. */
	async function ask(command: Command): Promise<boolean> {
		drop(`refused ${command.type}`);
		const answer = await request(command);
		if (answer !== null && answer.type !== "Refused") return true;
		add({ kind: "refused", command: command.type, refusal: answer?.refusal ?? null });
		return false;
	}

	function microphoneAsked({ on, by }: MicrophoneAsked): void {
		const { microphone } = devices.own.value;
		const heard = microphone.on || microphone.starting;
		if (on) {
			if (heard) return;
			drop("muted");
			notes.value = withAsker(notes.value, by);
			return;
		}
		devices.setMicrophone(false);
		drop("asked");
		if (heard) add({ kind: "muted", by });
	}

	function stopScreen(why: NoScreen): void {
		const { screen } = devices.own.value;
		if (!screen.on && !screen.starting) return;
		devices.setScreen(false);
		add({ kind: "no screen", why, stopped: true });
	}

	function followRole(before: Meeting, meeting: Meeting): void {
		const host = isHost(meeting);
		if (host !== isHost(before)) add({ kind: "role", host });
	}

	function keepRules(meeting: Meeting): void {
		const why = whyNoScreen(meeting);
		if (why === null) drop("no screen");
		else stopScreen(why);
	}

	return {
		state: { notes },
		ask,
		note: add,
		get ending() {
			return ending;
		},
		actions: {
			asHost,
			changeMessage: ask,
			async rename(name) {
				if (await ask({ type: "Rename", name })) renamed(name);
			},
			setScreen(on) {
				const meeting = store.meeting();
				const why = on && meeting ? whyNoScreen(meeting) : null;
				if (why === null) devices.setScreen(on);
				else add({ kind: "no screen", why, stopped: false });
			},
			dismissNote: (note) => drop(keyOf(note)),
		},
		heard(event, before) {
			if (event.type === "MicrophoneAsked") microphoneAsked(event);
			const meeting = store.meeting();
			if (meeting === null || meeting === before) return;
			if (before === null) notes.value = [];
			else followRole(before, meeting);
			keepRules(meeting);
		},
		mediaAnswered(answer) {
			if (answer?.type !== "Refused" || answer.refusal.code !== "HostsOnly") return;
			const meeting = store.meeting();
			stopScreen((meeting && whyNoScreen(meeting)) ?? "hosts only");
		},
	};
}
