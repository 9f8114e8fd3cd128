/**
 * Who waits, from two feeds that know nothing of each other: what an account watches on any page, and
 * what the seat in a meeting hears. Each feed is in order; between the two there is none.
 */
import type { DoorsWatched, Knocker, KnockerGone, KnocksChanged } from "../protocol/generated";

export type Feed = "watch" | "seat";

export interface Feeds {
	/** By knock id, as each feed last said. */
	readonly watch: ReadonlyMap<string, Knocker>;
	readonly seat: ReadonlyMap<string, Knocker>;
	/**
	 * Gone by the word of one feed, while the other may not have said so yet: hidden until it does, or
	 * until the one that said so takes it back.
	 */
	readonly gone: ReadonlyMap<string, Feed>;
}

export const NO_FEEDS: Feeds = { watch: new Map(), seat: new Map(), gone: new Map() };

/** Ids remembered as gone. More than can be on their way at once. */
const MOST_GONE = 2_000;

/** Everybody who waits, in the order of knocking. */
export function waitingOf(feeds: Feeds): readonly Knocker[] {
	const all = new Map([...feeds.seat, ...feeds.watch]);
	return [...all.values()]
		.filter(({ id }) => !feeds.gone.has(id))
		.sort((a, b) => a.knockedAt - b.knockedAt || (a.id < b.id ? -1 : 1));
}

/** The feed through which this knock is known; null when it does not wait. */
export function feedOf(feeds: Feeds, knock: string): Feed | null {
	if (feeds.gone.has(knock)) return null;
	if (feeds.watch.has(knock)) return "watch";
	return feeds.seat.has(knock) ? "seat" : null;
}

/** A snapshot: what this feed said before is forgotten. */
export function replaceFeed(feeds: Feeds, feed: Feed, event: DoorsWatched): Feeds {
	const known = new Map(event.knockers.map((one) => [one.id, one]));
	const gone = new Map(feeds.gone);
	for (const [id, by] of gone) if (by === feed ? known.has(id) : !known.has(id)) gone.delete(id);
	return { ...feeds, [feed]: known, gone };
}

/** What is in both lists of one event is gone: a knock comes back with an event of its own. */
export function changeFeed(feeds: Feeds, feed: Feed, event: KnocksChanged): Feeds {
	const known = new Map(feeds[feed]);
	const gone = new Map(feeds.gone);
	for (const one of event.changed) {
		known.set(one.id, one);
		if (gone.get(one.id) === feed) gone.delete(one.id);
	}
	for (const one of event.gone) leave(known, gone, feed, one);
	return { ...feeds, [feed]: known, gone };
}

/** Nothing comes from this feed any more: out of the meeting, or signed out. */
export function endFeed(feeds: Feeds, feed: Feed): Feeds {
	const gone = new Map([...feeds.gone].filter(([, by]) => by !== feed));
	return { ...feeds, [feed]: new Map(), gone };
}

function leave(
	known: Map<string, Knocker>,
	gone: Map<string, Feed>,
	feed: Feed,
	{ id }: KnockerGone,
): void {
	known.delete(id);
	const by = gone.get(id);
	if (by !== undefined && by !== feed) gone.delete(id);
	else gone.set(id, feed);
	const oldest = gone.keys().next();
	if (gone.size > MOST_GONE && !oldest.done) gone.delete(oldest.value);
}
