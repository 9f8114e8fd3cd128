/** What happened at the door, as sentences: a few by name, the rest by number. */
import type { Knocker } from "../protocol/generated";
import type { Told } from "./state";
import type { DoorWords } from "./words";

const BY_NAME = 3;

export function sayCame(news: readonly Knocker[], w: DoorWords): string {
	const first = news[0];
	return first ? w.here(news.length, first.name) : "";
}

/** The last ones by name; `told` holds no more than were kept, so their numbers tell how many there were. */
export function sayTold(told: readonly Told[], w: DoorWords): readonly string[] {
	const shown = told.slice(-BY_NAME);
	const sentences = shown.map((one) => w.told[one.why](one.name, one.own ? "" : one.by));
	const rest = told.length - shown.length;
	return rest > 0 ? [...sentences, w.moreTold(rest)] : sentences;
}
