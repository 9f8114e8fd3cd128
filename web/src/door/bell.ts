/** Tells a host who is not looking: a knock that sounds, a notification of the browser. Once, in one tab. */
import type { Clock } from "../core/clock";
import type { Knocker } from "../protocol/generated";
import { waitingOf } from "./feeds";
import { newsOf, rememberRung, rungBefore } from "./news";
import type { Door } from "./state";
import { type Locks, Turn } from "./turns";

interface BellOptions {
	readonly clock: Clock;
	readonly locks: Locks | null;
	readonly soundsOn: () => boolean;
	/** Whether the browser lets this tab play. */
	readonly canKnock: () => Promise<boolean>;
	readonly knockAloud: () => void;
	readonly onBlocked: () => void;
	readonly hidden: () => boolean;
	readonly notify: (waiting: readonly Knocker[]) => void;
	/** There are new ones; once for each. */
	readonly onNews: (news: readonly Knocker[]) => void;
}

export const SOUND_EVERY_MS = 5_000;
export const NOTICE_EVERY_MS = 5_000;
/** Hidden tabs wait this long, so that a tab that is looked at can say that no notification is needed. */
const AFTER_VISIBLE_MS = 400;

/** Returns what has to be called with every new state. */
export function makeBell(options: BellOptions): (door: Door) => void {
	const { clock, locks } = options;
	let waiting: readonly Knocker[] = [];
	let rungUpTo: number | null = null;

	const sound = new Turn({
		name: "meetd.door.sound",
		locks,
		clock,
		holdMs: SOUND_EVERY_MS,
		act() {
			if (waiting.length === 0) return false;
			options.knockAloud();
			return true;
		},
	});
	const notice = new Turn({
		name: "meetd.door.notice",
		locks,
		clock,
		holdMs: NOTICE_EVERY_MS,
		act() {
			if (waiting.length === 0) return false;
			if (options.hidden()) options.notify(waiting);
			return true;
		},
	});

	async function ring(): Promise<void> {
		if (!options.soundsOn()) return;
		if (await options.canKnock()) sound.want();
		else options.onBlocked();
	}

	return (door) => {
		waiting = waitingOf(door.feeds);
		if (door.clockOffset === null) return;
		rungUpTo ??= rungBefore(clock.now() + door.clockOffset);
		const news = newsOf(waiting, rungUpTo);
		if (news.length === 0) return;
		rungUpTo = Math.max(...news.map(({ knockedAt }) => knockedAt));
		rememberRung(rungUpTo);
		options.onNews(news);
		void ring();
		clock.after(options.hidden() ? AFTER_VISIBLE_MS : 0, () => notice.want());
	};
}
