/** Where answers to knocks are given: one state from both feeds, and commands over the one that knows. */
import type { Answer as Reply } from "../connection/line";
import type { Clock, Timer } from "../core/clock";
import type { AdmitAll, AnswerKnock, Command, Event } from "../protocol/generated";
import { type Feed, feedOf, waitingOf } from "./feeds";
import { type Answer, apply, CLOSED, type Door, type DoorEvent, type Trouble } from "./state";

export interface DeskOptions {
	readonly clock: Clock;
	/** Null when the connection was lost before the answer came. */
	readonly request: Readonly<Record<Feed, (command: Command) => Promise<Reply | null>>>;
	/** Name under which that feed's hosts know who answers here. */
	readonly you: (feed: Feed) => string;
	/** Called with the new state, at most once every 250 ms. */
	readonly show: (door: Door) => void;
}

export interface Desk {
	/** As it is now; `show` may be a moment behind. */
	door(): Door;
	/** Anything a feed says; what does not concern the door is ignored. */
	heard(feed: Feed, event: Event): void;
	lost(): void;
	ended(feed: Feed): void;
	/** `room`: at a reception, where to; null for a new one. */
	answer(knock: string, answer: Answer, room?: string | null): void;
	admitAll(door: string): void;
	loadStill(knock: string): void;
	/** These of what was told were shown long enough. */
	seen(numbers: ReadonlySet<number>): void;
}

export const REDRAW_EVERY_MS = 250;

export function makeDesk({ clock, request, you, show }: DeskOptions): Desk {
	let door = CLOSED;
	let shownAt = Number.NEGATIVE_INFINITY;
	let redraw: Timer | null = null;
	const loading = new Set<string>();

	function happen(event: DoorEvent): void {
		door = apply(door, event);
		if (redraw) return;
		redraw = clock.after(Math.max(0, shownAt + REDRAW_EVERY_MS - clock.now()), () => {
			redraw = null;
			shownAt = clock.now();
			show(door);
		});
	}

	async function send(
		feed: Feed,
		command: AnswerKnock | AdmitAll,
		knocks: readonly string[],
	): Promise<void> {
		const reply = await request[feed](command);
		if (reply?.type === "AnswerTaken") {
			const { room, full } = reply;
			happen({ type: "AnswerTaken", knocks, room, full });
		} else happen({ type: "AnswerFailed", knocks, trouble: troubleOf(reply) });
	}

	return {
		door: () => door,
		heard(feed, event) {
			if (event.type !== "DoorsWatched" && event.type !== "KnocksChanged") return;
			happen({ type: "Heard", feed, event, now: clock.now(), you: you(feed) });
		},
		lost: () => happen({ type: "FeedLost" }),
		ended(feed) {
			const { lost, feeds } = door;
			if (feeds[feed].size > 0 || (feed === "watch" && lost)) happen({ type: "FeedEnded", feed });
		},
		answer(knock, answer, room = null) {
			const feed = feedOf(door.feeds, knock);
			if (!feed || door.asked.has(knock)) return;
			happen({ type: "Answered", knocks: [knock], answer });
			void send(feed, { type: "AnswerKnock", knock, answer, room }, [knock]);
		},
		admitAll(name) {
			const there = waitingOf(door.feeds).filter((one) => one.kind === "room" && one.door === name);
			const knocks = there.map(({ id }) => id).filter((id) => !door.asked.has(id));
			const feed = knocks[0] === undefined ? null : feedOf(door.feeds, knocks[0]);
			if (!feed) return;
			happen({ type: "Answered", knocks, answer: "admit once" });
			void send(feed, { type: "AdmitAll", door: name }, knocks);
		},
		async loadStill(knock) {
			const feed = feedOf(door.feeds, knock);
			if (!feed || loading.has(knock)) return;
			loading.add(knock);
			const reply = await request[feed]({ type: "LoadStill", knock });
			loading.delete(knock);
			// Without a picture there is an initial: nobody has to know that it did not come.
			if (reply?.type === "StillLoaded") {
				happen({ type: "StillLoaded", knock, still: reply.still });
			}
		},
		seen: (numbers) => happen({ type: "ToldSeen", numbers }),
	};
}

function troubleOf(reply: Reply | null): Trouble {
	return reply?.type === "Refused" ? reply.refusal : "unanswered";
}
