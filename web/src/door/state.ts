/** What a host knows of the doors: `apply(door, event) -> door`, without DOM, sockets or time. */
import type {
	AnswerKnock,
	DoorsWatched,
	Knocker,
	KnockerGone,
	KnocksChanged,
	Refusal,
} from "../protocol/generated";
import { changeFeed, endFeed, type Feed, type Feeds, feedOf, NO_FEEDS, replaceFeed } from "./feeds";

export type Answer = AnswerKnock["answer"];

/** What became of a knock, to be told to whoever sees or hears the page. */
export interface Told {
	/** Rises; the same knock is told once. */
	readonly number: number;
	readonly knock: string;
	readonly name: string;
	/**
	 * "answered": somebody else was first, and what they said is not known; "full": let in from this page,
	 * where there is no seat for the last of them.
	 */
	readonly why: KnockerGone["why"] | "answered" | "full";
	/** Name of the host who answered; empty when nobody did. */
	readonly by: string;
	readonly own: boolean;
	/** Where this page sent them; empty when it did not. */
	readonly room: string;
}

/** Why an answer did not work; "unanswered" when the connection was lost before the server said. */
export type Trouble = Refusal | "unanswered";

interface Still {
	/** JPEG, base64. */
	readonly data: string;
	/** The knock changed since, and the picture with it perhaps. */
	readonly stale: boolean;
}

export interface Door {
	readonly feeds: Feeds;
	/** Own answers that the server has not yet answered, by knock id. */
	readonly asked: ReadonlyMap<string, Answer>;
	/** Knocks that were let in or turned away from this page, and the rooms they were sent to. */
	readonly mine: ReadonlyMap<string, string>;
	readonly troubles: ReadonlyMap<string, Trouble>;
	/** Oldest first. */
	readonly told: readonly Told[];
	/** Number of the last that was told. */
	readonly toldUpTo: number;
	readonly stills: ReadonlyMap<string, Still>;
	/** Server clock minus own clock, in milliseconds; null before the server was heard. */
	readonly clockOffset: number | null;
	/** The watching connection is being made anew. */
	readonly lost: boolean;
}

export const CLOSED: Door = {
	feeds: NO_FEEDS,
	asked: new Map(),
	mine: new Map(),
	troubles: new Map(),
	told: [],
	toldUpTo: 0,
	stills: new Map(),
	clockOffset: null,
	lost: false,
};

export type DoorEvent =
	/** `now`: own clock, milliseconds since the Unix epoch. */
	| {
			readonly type: "Heard";
			readonly feed: Feed;
			readonly event: DoorsWatched | KnocksChanged;
			readonly now: number;
			/** Own name, to tell own answers in other tabs from those of others. */
			readonly you: string;
	  }
	| { readonly type: "FeedLost" }
	| { readonly type: "FeedEnded"; readonly feed: Feed }
	| {
			readonly type: "Answered";
			readonly knocks: readonly string[];
			readonly answer: Answer;
	  }
	/** `room`: where they were sent; `full`: and not all of them find a seat. */
	| {
			readonly type: "AnswerTaken";
			readonly knocks: readonly string[];
			readonly room: string;
			readonly full: boolean;
	  }
	| {
			readonly type: "AnswerFailed";
			readonly knocks: readonly string[];
			readonly trouble: Trouble;
	  }
	| { readonly type: "StillLoaded"; readonly knock: string; readonly still: string }
	/** These were shown long enough. */
	| { readonly type: "ToldSeen"; readonly numbers: ReadonlySet<number> };

/** Kept of what was told, of own answers, and of pictures. */
const MOST_TOLD = 50;
const MOST_MINE = 2_000;
const MOST_STILLS = 60;

export function apply(door: Door, event: DoorEvent): Door {
	switch (event.type) {
		case "Heard":
			return hear(door, event);
		case "FeedLost":
			return { ...door, lost: true };
		case "FeedEnded":
			return {
				...door,
				feeds: endFeed(door.feeds, event.feed),
				lost: event.feed === "watch" ? false : door.lost,
			};
		case "Answered":
			return ask(door, event.knocks, event.answer);
		case "AnswerTaken":
			return tellFull(settle(door, event.knocks, event.room), event);
		case "AnswerFailed":
			return fail(door, event.knocks, event.trouble);
		case "StillLoaded":
			return keepStill(door, event.knock, event.still);
		case "ToldSeen":
			return { ...door, told: door.told.filter(({ number }) => !event.numbers.has(number)) };
	}
}

function hear(door: Door, heard: Extract<DoorEvent, { type: "Heard" }>): Door {
	const { event, feed, now } = heard;
	if (event.type === "DoorsWatched") {
		const feeds = replaceFeed(door.feeds, feed, event);
		const lost = feed === "watch" ? false : door.lost;
		return { ...door, feeds, lost, clockOffset: event.now - now };
	}
	const names = namesOf(door.feeds, event.changed);
	const told = event.gone.reduce((to, gone) => tell(to, gone, names, heard.you), door);
	return {
		...told,
		feeds: changeFeed(door.feeds, feed, event),
		stills: agedStills(door.stills, event),
		troubles: without(
			door.troubles,
			event.gone.map(({ id }) => id),
		),
	};
}

function namesOf(feeds: Feeds, changed: readonly Knocker[]): ReadonlyMap<string, string> {
	const all = [...feeds.seat.values(), ...feeds.watch.values(), ...changed];
	return new Map(all.map(({ id, name }) => [id, name]));
}

/** Once per knock, whichever feed says it first; of somebody who was never seen there is nothing to say. */
function tell(
	door: Door,
	gone: KnockerGone,
	names: ReadonlyMap<string, string>,
	you: string,
): Door {
	const { id, why, by } = gone;
	const name = names.get(id);
	const said = door.feeds.gone.has(id) || door.told.some(({ knock }) => knock === id);
	if (name === undefined || said) return door;
	const own = door.asked.has(id) || door.mine.has(id) || (by !== "" && by === you);
	return append(door, { knock: id, name, why, by, own, room: door.mine.get(id) ?? "" });
}

function append(door: Door, told: Omit<Told, "number">): Door {
	const number = door.toldUpTo + 1;
	const others = door.told.filter(({ knock }) => knock !== told.knock);
	return { ...door, told: [...others, { ...told, number }].slice(-MOST_TOLD), toldUpTo: number };
}

function ask(door: Door, knocks: readonly string[], given: Answer): Door {
	const asked = new Map(door.asked);
	for (const knock of knocks) asked.set(knock, given);
	return { ...door, asked, troubles: without(door.troubles, knocks) };
}

/** The server took the answer; that the knock is gone it says to everybody, before this or after. */
function settle(door: Door, knocks: readonly string[], room: string): Door {
	const now = new Set(knocks);
	const taken = [...door.asked].filter(([id, answer]) => now.has(id) && answer !== "ask to wait");
	const rooms = taken.map(([id]): [string, string] => [id, room]);
	return {
		...door,
		mine: new Map([...door.mine, ...rooms].slice(-MOST_MINE)),
		asked: without(door.asked, knocks),
		told: door.told.map((one) => (one.own && now.has(one.knock) ? { ...one, room } : one)),
	};
}

/** Once for all who were let in together: of the last it is certain. */
function tellFull(door: Door, taken: Extract<DoorEvent, { type: "AnswerTaken" }>): Door {
	const knock = taken.full ? taken.knocks.at(-1) : undefined;
	const name = knock && nameOf(door, knock);
	if (!knock || name === undefined) return door;
	return append(door, { knock, name, why: "full", by: "", own: true, room: taken.room });
}

function nameOf(door: Door, knock: string): string | undefined {
	const known = door.feeds.watch.get(knock) ?? door.feeds.seat.get(knock);
	return known?.name ?? door.told.find((one) => one.knock === knock)?.name;
}

function fail(door: Door, knocks: readonly string[], trouble: Trouble): Door {
	const asked = without(door.asked, knocks);
	if (
		trouble !== "unanswered" &&
		(trouble.code === "KnockAnswered" || trouble.code === "KnockGone")
	) {
		return knocks.reduce((to, knock) => tellLate(to, knock, trouble), { ...door, asked });
	}
	// What failed for all of them at once is said once.
	const first = knocks.find((knock) => feedOf(door.feeds, knock));
	const troubles =
		first === undefined ? door.troubles : new Map([...door.troubles, [first, trouble]]);
	return { ...door, asked, troubles };
}

/** Somebody else was first: takes the place of what was told of it, which seemed one's own. */
function tellLate(
	door: Door,
	knock: string,
	refusal: Extract<Refusal, { code: "KnockAnswered" | "KnockGone" }>,
): Door {
	const name = nameOf(door, knock);
	if (name === undefined) return door;
	return refusal.code === "KnockAnswered"
		? append(door, { knock, name, why: "answered", by: refusal.facts.by, own: false, room: "" })
		: append(door, { knock, name, why: "stopped", by: "", own: false, room: "" });
}

function keepStill(door: Door, knock: string, data: string): Door {
	if (!feedOf(door.feeds, knock)) return door;
	const stills = new Map(door.stills);
	stills.delete(knock);
	stills.set(knock, { data, stale: false });
	return { ...door, stills: new Map([...stills].slice(-MOST_STILLS)) };
}

/** Of who is gone no picture is kept; of who knocked again it may be another one. */
function agedStills(stills: Door["stills"], event: KnocksChanged): Door["stills"] {
	if (stills.size === 0) return stills;
	const next = new Map([...stills].filter(([knock]) => !event.gone.some(({ id }) => id === knock)));
	for (const { id, hasStill } of event.changed) {
		const still = next.get(id);
		if (!hasStill) next.delete(id);
		else if (still) next.set(id, { ...still, stale: true });
	}
	return next;
}

function without<T>(all: ReadonlyMap<string, T>, ids: readonly string[]): ReadonlyMap<string, T> {
	const gone = new Set(ids);
	const kept = [...all].filter(([id]) => !gone.has(id));
	return kept.length === all.size ? all : new Map(kept);
}
