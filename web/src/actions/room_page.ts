/** Builds the room page: connection -> state -> media, by plain constructors. Rules live elsewhere. */
import { effect, signal, untracked } from "@preact/signals";
import { serverAnswers, signalingUrl } from "../connection/address";
import type { Socket } from "../connection/line";
import { Session } from "../connection/session";
import { systemClock, type Timer } from "../core/clock";
import type { Situation } from "../media/paths";
import type { Command, Event, Welcome } from "../protocol/generated";
import type { Meeting } from "../state/model";
import { ownself } from "../state/room";
import type { Preferences, RelayRule, RoomPage, WaysOn } from "./actions";
import { makeAtDoor } from "./at_door";
import { makeBoardDesk } from "./boards";
import { makeChatDesk } from "./chat";
import { makeContentDesk } from "./content";
import { DoorMemory, type DoorName, keyIn } from "./door_memory";
import { makeEncryptionDesk } from "./encryption";
import { makeEntranceDesk } from "./entrance";
import { makeHostingDesk } from "./hosting";
import { makeLastRead } from "./last_read";
import { makeMediaDesk } from "./media";
import { makeOwnIds } from "./own_ids";
import { readPreferences, writePreferences } from "./preferences";
import { hideKey, showRoomName } from "./room_name";
import { makeStore } from "./store";
import { makeTypingDesk } from "./typing";
import { dataPath, makeVisitorKey } from "./visitor";

/** How long media of participants goes on who did not come back after a restart of the server. */
const MISSING_FOR_MS = 30_000;

/** Who is signed in; empty when nobody is. */
export interface SignedIn {
	/** Empty also where the server wants no keys of devices. */
	readonly id: string;
	readonly name: string;
}

/** `door`: of the address. One per page. */
export function createRoomPage(
	door: DoorName,
	account: SignedIn,
	waysOn: WaysOn,
	relay: RelayRule,
): RoomPage {
	let roomName = door.name;
	const store = makeStore();
	const preferences = signal<Preferences>(
		withName(readPreferences(navigator.languages), account.name),
	);
	let session: Session | null = null;
	let missingTimer: Timer | null = null;

	const memory = new DoorMemory(door, systemClock, location.hash);
	const encryption = makeEncryptionDesk(store, systemClock, (command) => session?.tell(command), {
		place: memory.admission ?? memory.place,
		account: account.id,
		knownByDevice: () => preferences.value.knownByDevice,
	});
	const media = makeMediaDesk(store, {
		frames: (participant) => encryption.frames(participant),
		online: () => session?.online ?? false,
		tell(command) {
			if (command.type !== "ChangeMedia" || !session?.online) session?.tell(command);
			else void session.request(command).then(hosting.mediaAnswered);
		},
		ask: (command) => ask(command),
	});
	const ask = (command: Command) => session?.request(command) ?? Promise.resolve(null);
	const chat = makeChatDesk(store, systemClock, ask);
	const lastRead = makeLastRead(store);
	const ownIds = makeOwnIds(account);
	const typing = makeTypingDesk(systemClock, (command) => {
		// Later it would not be true any more.
		if (session?.online) session.tell(command);
	});
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

	const content = makeContentDesk(store, systemClock, hosting, {
		online: () => session?.online ?? false,
		request: ask,
	});
	const boards = makeBoardDesk(store, hosting, ask, systemClock);
	const atDoor = makeAtDoor(store, account.name, ask);

	let opening: Promise<void> | null = null;
	/** The hall asks for them, and so does whoever comes back: the person is asked once. */
	function openDevices(): Promise<void> {
		opening ??= media.actions.openDevices().finally(() => {
			opening = null;
		});
		return opening;
	}

	const connection = {
		openSocket: () => new WebSocket(signalingUrl(location)) as unknown as Socket,
		reachable: serverAnswers,
		random: Math.random,
	};
	const entrance = makeEntranceDesk({
		store,
		kind: door.kind,
		name: () => roomName,
		memory,
		clock: systemClock,
		connection,
		locks: navigator.locks as LockManager | undefined,
		own: media.state.own,
		keys: encryption.own,
		visitor: () => (account.name === "" ? makeVisitorKey() : null),
		openDevices,
		enter,
		hideKey,
		goTo: (room) => location.assign(`/${encodeURIComponent(room)}`),
	});

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
			alive: media.paths.alive(),
		});
		if (event.type === "SignalReceived") media.paths.receive(event.sender, event);
		else if (event.type === "RelayOffered") media.paths.offered(event);
		else if (event.type !== "Welcome") {
			encryption.heard(event);
			keepPaths();
		}
		if (event.type === "ParticipantJoined") media.paths.resync(event.participant.id);
		keepOwnName(before, store.meeting());
		const nameNow = showRoomName(roomName, store.meeting());
		if (nameNow !== roomName) entrance.renamed(nameNow);
		roomName = nameNow;
		if (event.type === "KnockSeen") entrance.sentToLobby(event);
		hosting.heard(event, before);
		typing.heard(event);
		boards.heard(event);
		atDoor.heard(event);
	}

	/** Null: not in the meeting any more. Media is exchanged with nobody without keys. */
	function situation(): Situation | null {
		const meeting = store.meeting();
		if (meeting === null) return null;
		const participants = [...meeting.participants, ...meeting.missing]
			.map((one) => one.id)
			.filter((id) => encryption.mayConnect(id));
		const { you, paths, relayedOnly } = meeting;
		return { you, participants, paths, relayedOnly };
	}

	function keepPaths(): void {
		const now = situation();
		if (now) media.paths.keep(now);
	}

	function welcomed(welcome: Welcome): void {
		entrance.welcomed(welcome);
		void encryption.welcomed(welcome).then(() => {
			const now = situation();
			if (now?.you === welcome.you) media.paths.comeBack(now);
		});
		lastRead.welcomed();
		ownIds.welcomed(welcome.you);
		chat.resume();
		content.resume();
		boards.resume();
		missingTimer?.cancel();
		const missing = store.meeting()?.missing.map((one) => one.id) ?? [];
		if (missing.length === 0) return;
		missingTimer = systemClock.after(MISSING_FOR_MS, () => {
			store.happen({ type: "MissingGivenUp", participants: missing });
			encryption.follow();
			keepPaths();
		});
	}

	function over(devices: "release" | "keep"): void {
		session = null;
		missingTimer?.cancel();
		media.stop(devices);
		encryption.stop();
		atDoor.left();
		content.left();
		typing.forget();
		lastRead.left();
	}

	/** One's name was corrected, beside this page: it is the one to come with again. */
	function keepOwnName(before: Meeting | null, now: Meeting | null): void {
		const was = before && ownself(before)?.name;
		const name = now && ownself(now)?.name;
		if (was && name && was !== name) prefer({ name });
	}

	/** The name may have been changed in the meeting. */
	function currentName(): string {
		const meeting = store.meeting();
		return (meeting && ownself(meeting)?.name) ?? preferences.value.name;
	}

	function join(name: string): void {
		if (store.stage.value.name !== "hall") return;
		prefer({ name });
		store.happen({ type: "JoinStarted" });
		enter();
	}

	function enter(): void {
		session = new Session({
			...connection,
			clock: systemClock,
			join: () => ({
				type: "Join",
				room: roomName,
				name: currentName(),
				...entrance.ticket(),
				...media.sending(),
			}),
			wayBack: entrance.wayBack,
			handlers: {
				heard,
				welcomed,
				lost(attempt) {
					store.happen({ type: "ConnectionLost", attempt });
					content.lost();
					typing.forget();
				},
				unanswered() {
					store.happen({ type: "JoinUnanswered" });
					over("keep");
				},
				refused(refusal) {
					store.happen({ type: "JoinRefused", refusal });
					entrance.joinRefused(refusal);
					over("keep");
				},
				ended(why) {
					entrance.ended(why, pageGoes, hosting.ending);
					over(why === "sent to lobby" ? "keep" : "release");
				},
			},
		});
		session.start();
	}

	effect(() => {
		// No light stays on where there is nothing to join: at the door of a deleted room too.
		if (store.stage.value.name === "left") untracked(() => media.stop("release"));
	});
	const wake = () => {
		session?.wake();
		entrance.wake();
	};
	window.addEventListener("online", () => {
		wake();
		media.paths.networkChanged();
	});
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") wake();
	});
	let pageGoes = false;
	window.addEventListener("pagehide", () => {
		pageGoes = true;
		session?.leave();
	});
	window.addEventListener("pageshow", () => {
		pageGoes = false;
	});
	// Another invite link for this room, opened in this tab, comes without a new page.
	window.addEventListener("hashchange", () => {
		const before = ["hall", "lobby"].includes(store.stage.value.name);
		if (before && keyIn(location.hash) !== null) location.reload();
	});
	entrance.start();

	return {
		state: {
			get roomName() {
				return roomName;
			},
			kind: door.kind,
			waysOn,
			get dataPath() {
				return dataPath(account.name !== "");
			},
			relay,
			hasDeviceKey: account.id !== "",
			get signKey() {
				return encryption.own.signKey;
			},
			stage: store.stage,
			preferences,
			...media.state,
			...hosting.state,
			...atDoor.state,
			...content.state,
			...encryption.state,
			...entrance.state,
			writers: typing.writers,
			isYou: ownIds.isYou,
		},
		actions: {
			...media.actions,
			openDevices,
			...entrance.actions,
			knock(name, words) {
				prefer({ name });
				entrance.actions.knock(name, words);
			},
			...hosting.actions,
			...encryption.actions,
			...atDoor.actions,
			...content.actions,
			...boards.actions,
			say: chat.say,
			showTyping: typing.showTyping,
			saveChat: content.saveChat,
			searchChat: chat.searchChat,
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

/** The name used last in this browser counts more: people are called differently in different rooms. */
function withName(preferences: Preferences, account: string): Preferences {
	return preferences.name === "" ? { ...preferences, name: account } : preferences;
}
