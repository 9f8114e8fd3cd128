/** Builds the room page: connection -> state -> media, by plain constructors. Rules live elsewhere. */
import { signal } from "@preact/signals";
import { serverAnswers, signalingUrl } from "../connection/address";
import type { Socket } from "../connection/line";
import { Session } from "../connection/session";
import { systemClock, type Timer } from "../core/clock";
import type { Command, Event, Welcome } from "../protocol/generated";
import type { Preferences, RoomPage } from "./actions";
import { makeChatDesk } from "./chat";
import { makeHostingDesk } from "./hosting";
import { makeMediaDesk } from "./media";
import { readPreferences, writePreferences } from "./preferences";
import { showRoomName } from "./room_name";
import { makeStore } from "./store";

/** How long media of participants goes on who did not come back after a restart of the server. */
const MISSING_FOR_MS = 30_000;

/** `roomName`: name of the room in the address. One per page. */
export function createRoomPage(roomName: string): RoomPage {
	const store = makeStore();
	const preferences = signal<Preferences>(readPreferences(navigator.languages));
	let session: Session | null = null;
	let missingTimer: Timer | null = null;

	const media = makeMediaDesk(store, {
		online: () => session?.online ?? false,
		tell(command) {
			if (command.type !== "ChangeMedia" || !session?.online) session?.tell(command);
			else void session.request(command).then(hosting.mediaAnswered);
		},
	});
	const ask = (command: Command) => session?.request(command) ?? Promise.resolve(null);
	const chat = makeChatDesk(store, systemClock, ask);
	const hosting = makeHostingDesk(
		store,
		{
			own: media.state.own,
			setMicrophone: media.actions.setMicrophone,
			setScreen: media.actions.setScreen,
		},
		ask,
		(name) => prefer({ name }),
	);

	function prefer(change: Partial<Preferences>): void {
		preferences.value = { ...preferences.value, ...change };
		writePreferences(preferences.value);
	}

	function heard(event: Event): void {
		const before = store.meeting();
		store.happen({
			type: "EventHeard",
			event,
			now: systemClock.now(),
			alive: media.mesh.alive(),
		});
		if (event.type === "SignalReceived") media.mesh.receive(event.sender, event);
		else if (event.type !== "Welcome") keepPaths();
		if (event.type === "ParticipantJoined") media.mesh.resync(event.participant.id);
		roomName = showRoomName(roomName, store.meeting());
		hosting.heard(event, before);
	}

	function everybody(): readonly string[] {
		const meeting = store.meeting();
		return [...(meeting?.participants ?? []), ...(meeting?.missing ?? [])].map((one) => one.id);
	}

	function keepPaths(): void {
		const meeting = store.meeting();
		if (meeting) media.mesh.keep(meeting.you, everybody());
	}

	function welcomed(welcome: Welcome): void {
		media.mesh.comeBack(welcome.you, everybody());
		chat.resume();
		missingTimer?.cancel();
		const missing = store.meeting()?.missing.map((one) => one.id) ?? [];
		if (missing.length === 0) return;
		missingTimer = systemClock.after(MISSING_FOR_MS, () => {
			store.happen({ type: "MissingGivenUp", participants: missing });
			keepPaths();
		});
	}

	function over(devices: "release" | "keep"): void {
		session = null;
		missingTimer?.cancel();
		media.stop(devices);
	}

	/** The name may have been changed in the meeting. */
	function currentName(): string {
		const meeting = store.meeting();
		const me = meeting?.participants.find((one) => one.id === meeting.you);
		return me?.name ?? preferences.value.name;
	}

	function join(name: string): void {
		if (store.stage.value.name !== "hall") return;
		prefer({ name });
		store.happen({ type: "JoinStarted" });
		session = new Session({
			openSocket: () => new WebSocket(signalingUrl(location)) as unknown as Socket,
			reachable: serverAnswers,
			clock: systemClock,
			random: Math.random,
			join: () => ({ type: "Join", room: roomName, name: currentName(), ...media.sending() }),
			handlers: {
				heard,
				welcomed,
				lost: (attempt) => store.happen({ type: "ConnectionLost", attempt }),
				unanswered() {
					store.happen({ type: "JoinUnanswered" });
					over("keep");
				},
				refused(refusal) {
					store.happen({ type: "JoinRefused", refusal });
					over("keep");
				},
				ended(why) {
					store.happen({ type: "MeetingLeft", why });
					over("release");
				},
			},
		});
		session.start();
	}

	const wake = () => session?.wake();
	window.addEventListener("online", () => {
		wake();
		media.mesh.networkChanged();
	});
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") wake();
	});
	window.addEventListener("pagehide", () => session?.leave());

	return {
		state: {
			get roomName() {
				return roomName;
			},
			stage: store.stage,
			preferences,
			...media.state,
			...hosting.state,
		},
		actions: {
			...media.actions,
			...hosting.actions,
			say: chat.say,
			sayAgain: chat.sayAgain,
			throwAway: chat.throwAway,
			loadEarlier: chat.loadEarlier,
			markRead: chat.markRead,
			join,
			leave: () => session?.leave(),
			returnToHall: () => store.happen({ type: "HallEntered" }),
			raiseHand: (raised) => session?.tell({ type: "RaiseHand", raised }),
			prefer,
		},
	};
}
