/** Coming to the door: looking, knocking, being let in, and coming back after a moment away. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { Entrance, type EntranceOptions } from "../connection/entrance";
import { FIRST_JOIN_TRIES, type Stale } from "../connection/policy";
import type { Clock, Timer } from "../core/clock";
import { randomId } from "../core/ids";
import { base64Of, takeStill } from "../media/own/still";
import type { Ended, Join, KnockSeen, Refusal, Welcome } from "../protocol/generated";
import type { OwnMedia } from "../state/media";
import type { Stage, WhyLeft } from "../state/model";
import type { Actions, KnockWords, PageState } from "./actions";
import type { DoorMemory, DoorName } from "./door_memory";
import { cameraStream } from "./own_camera";
import type { OwnKeys } from "./own_keys";
import type { Store } from "./store";
import { beInRoom, isInAnotherTab } from "./tabs";

/** How often the way back is dated anew while one is in. */
const TOUCH_EVERY_MS = 30_000;
/** The page that was reloaded is gone by then, and its lock with it. */
const RELOADED_WITHIN_MS = 1_000;
/** 258 random bits. */
const LENGTH_OF_PLACE = 43;
/** Nothing comes of that knock any more. */
const OVER: ReadonlySet<KnockSeen["state"]> = new Set(["turned away", "lapsed", "deleted"]);

export interface EntranceDesk {
	readonly state: Pick<PageState, "knockWords">;
	readonly actions: Pick<Actions, "knock" | "stopKnocking" | "takeStill">;
	/** Everything else is set up: look at the door. */
	start(): void;
	wake(): void;
	/** What lets one in, beside the name. */
	ticket(): Pick<Join, "place" | "signKey" | "key">;
	readonly wayBack: string | null;
	welcomed(welcome: Welcome): void;
	/** The room has another name from now on. */
	renamed(room: string): void;
	/** Over the seat: a host sends one back, and this is the place in the lobby. */
	sentToLobby(event: KnockSeen): void;
	joinRefused(refusal: Refusal): void;
	/** The meeting is over for this page. `reloading`: because the page goes, maybe to come again.
	 * `byMe`: the person just ended it for everybody. */
	ended(why: Ended["why"], reloading: boolean, byMe?: boolean): void;
}

export interface EntranceDeskOptions {
	readonly store: Store;
	readonly kind: DoorName["kind"];
	/** From the address; a room may be renamed. */
	readonly name: () => string;
	readonly memory: DoorMemory;
	readonly clock: Clock;
	readonly connection: Pick<EntranceOptions, "openSocket" | "reachable" | "random">;
	readonly locks: LockManager | undefined;
	readonly own: ReadonlySignal<OwnMedia>;
	readonly keys: OwnKeys;
	readonly openDevices: () => Promise<void>;
	/** The stage is "joining": join. */
	readonly enter: () => void;
	/** To the page of a room. */
	readonly goTo: (room: string) => void;
	/** The key goes from the address, where whoever looks at the screen reads it. */
	readonly hideKey: () => void;
}

export function makeEntranceDesk(options: EntranceDeskOptions): EntranceDesk {
	const { store, kind, memory, clock, locks, keys } = options;
	const knockWords = signal<KnockWords>({ message: memory.message, still: null });
	let entrance: Entrance | null = null;
	let admission = memory.admission;
	let latest: KnockSeen | null = null;
	let leaveTab: (() => void) | null = null;
	let touching: Timer | null = null;

	function lookAround(): void {
		entrance = new Entrance({
			...options.connection,
			clock,
			look: () => ({
				kind,
				name: options.name(),
				key: memory.key,
				wayBack: memory.wayBack,
				place: memory.place ?? memory.entering,
			}),
			handlers: {
				door(event) {
					if (event.linkInvalid) memory.forgetKept();
					store.happen({ type: "DoorSeen", event });
				},
				knock: seeKnock,
				lost: (attempt) =>
					store.happen({ type: "DoorLost", unreachable: attempt >= FIRST_JOIN_TRIES }),
				refused(refusal) {
					if (refusal.code === "OtherKeys") forgetPlace();
					store.happen({ type: "KnockRefused", refusal });
				},
				stale,
				stopped: forgetPlace,
				takenOver: () => store.happen({ type: "KnockTakenOver" }),
			},
		});
		entrance.start();
	}

	/** Whoever waits says something else with the same knock. */
	function placeOfKnock(): string {
		const waits = store.stage.peek().name === "lobby";
		return (waits && memory.place) || randomId(LENGTH_OF_PLACE);
	}

	function stale(what: Stale): void {
		if (what === "way back") memory.forgetWayBack();
		else if (what === "key") memory.forgetKey();
		else if (memory.place !== null) {
			forgetPlace();
			store.happen({ type: "KnockForgotten" });
		}
	}

	/** By a link: the same for every try, so that an answer that gets lost uses it up only once. */
	function placeOfEntry(): string | null {
		if (memory.key !== null && memory.entering === null) {
			memory.keepEntering(randomId(LENGTH_OF_PLACE));
		}
		return memory.entering;
	}

	/** Nobody can be let in by it any more. */
	function forgetPlace(): void {
		for (const place of [memory.place, admission]) if (place !== null) keys.forgetFor(place);
		memory.forgetPlace();
	}

	function seeKnock(event: KnockSeen): void {
		if (event.key) memory.keepKey(event.room, event.key);
		if (event.state === "admitted") admission = event.place;
		if (OVER.has(event.state)) forgetPlace();
		else {
			memory.keepPlace(event.place, knockWords.peek().message);
			keys.keepFor(event.place);
		}
		latest = event;
		const before = store.stage.peek().name;
		store.happen({ type: "KnockSeen", event, now: clock.now() });
		if (event.state === "admitted") letIn(event, before === "lobby");
	}

	function letIn(event: KnockSeen, waited: boolean): void {
		if (kind === "reception") {
			memory.handOn(event.room, event.place);
			memory.forgetPlace();
			options.goTo(event.room);
		} else if (waited) options.enter();
		else void arrive();
	}

	/** In by itself, once the devices are as they were; otherwise the hall says what is wrong. */
	async function arrive(): Promise<void> {
		if (!arrives(store.stage.peek())) return;
		await options.openDevices();
		if (!arrives(store.stage.peek()) || !ready(options.own.peek())) return;
		store.happen({ type: "JoinStarted" });
		options.enter();
	}

	async function recallWayBack(): Promise<void> {
		const patience = memory.wasInside ? RELOADED_WITHIN_MS : 0;
		if (!(await isInAnotherTab(locks, options.name(), patience))) memory.recallWayBack();
	}

	async function start(): Promise<void> {
		await keys.ready;
		if (kind === "room") await recallWayBack();
		if (admission !== null) store.happen({ type: "Arriving", how: "let in" });
		else if (memory.wasInside && memory.wayBack !== null) {
			store.happen({ type: "Arriving", how: "coming back" });
		}
		effect(() => {
			const { name } = store.stage.value;
			const before = name === "hall" || name === "lobby";
			if (before && entrance === null) lookAround();
			if (before || entrance === null) return;
			entrance.close();
			entrance = null;
		});
		void arrive();
	}

	function touch(): void {
		memory.touchWayBack();
		touching = clock.after(TOUCH_EVERY_MS, touch);
	}

	function out(): void {
		touching?.cancel();
		leaveTab?.();
		leaveTab = null;
	}

	async function still(): Promise<string | null> {
		const stream = await cameraStream(options.own);
		const blob = stream && (await takeStill(stream));
		return blob && base64Of(blob);
	}

	return {
		state: { knockWords },
		actions: {
			knock(name, words) {
				knockWords.value = words;
				// Kept before it is said: when the answer is lost, it is the same knock that is said again.
				const place = placeOfKnock();
				memory.keepPlace(place, words.message);
				keys.keepFor(place);
				store.happen({ type: "KnockStarted" });
				if (entrance === null || entrance.isOver) lookAround();
				entrance?.knock({ name, place, ...words, signKey: keys.signKey });
			},
			stopKnocking() {
				entrance?.stopKnocking();
				store.happen({ type: "HallEntered" });
			},
			takeStill: still,
		},
		start: () => void start(),
		wake: () => entrance?.wake(),
		ticket: () => ({
			place: admission ?? placeOfEntry(),
			signKey: keys.signKey,
			key: memory.key,
		}),
		get wayBack() {
			return memory.wayBack;
		},
		welcomed(welcome) {
			const room = welcome.snapshot.room.name;
			forgetPlace();
			admission = null;
			memory.forgetAdmission();
			memory.forgetEntering();
			memory.keepWayBack(welcome.wayBack, room);
			if (memory.keepBrought(room)) options.hideKey();
			if (leaveTab !== null) return;
			leaveTab = beInRoom(locks, room);
			touch();
		},
		renamed(room) {
			memory.keepBrought(room);
		},
		sentToLobby(event) {
			latest = event;
		},
		joinRefused(refusal) {
			if (refusal.code === "InviteLinkInvalid") memory.forgetKey();
			out();
			memory.left();
			// Others took the seats first: the place still stands, and the door says when there is one.
			if (refusal.code === "RoomFull" && memory.place) store.happen({ type: "KnockStarted" });
			if (refusal.code !== "KnockFirst" && refusal.code !== "OtherKeys") return;
			forgetPlace();
			admission = null;
			memory.forgetAdmission();
			memory.forgetWayBack();
		},
		ended(why, reloading, byMe = false) {
			if (leaveTab !== null) memory.touchWayBack();
			out();
			if (!reloading) memory.left();
			if (why !== "left" && why !== "came back elsewhere") memory.forgetWayBack();
			if (why === "sent to lobby" && latest) {
				memory.keepPlace(latest.place, "");
				keys.keepFor(latest.place);
				knockWords.value = { message: "", still: null };
				store.happen({ type: "LobbyEntered", event: latest, now: clock.now() });
			} else store.happen({ type: "MeetingLeft", why: whyLeft(why, byMe) });
		},
	};
}

function whyLeft(why: Ended["why"], byMe: boolean): WhyLeft {
	if (why === "ended" && byMe) return "ended by you";
	switch (why) {
		case "came back elsewhere":
		case "removed":
		case "sent to lobby":
		case "ended":
		case "deleted":
		case "access ended":
			return why;
		default:
			return "left";
	}
}

function arrives(stage: Stage): boolean {
	return stage.name === "hall" && stage.arriving !== null && stage.refusal === null;
}

/** Nothing to wait for: the devices that are wanted are there, or cannot be had here at all. */
function ready({ microphone, camera }: OwnMedia): boolean {
	return [microphone, camera].every(
		({ wanted, on, trouble }) => !wanted || on || trouble === "missing" || trouble === "insecure",
	);
}
