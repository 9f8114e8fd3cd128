/** Says what came into the room, and now and then how far an upload is: never a stream of numbers. */
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { ContentItem } from "../../protocol/generated";
import { everything } from "../../state/boards";
import type { Meeting } from "../../state/model";
import type { Uploads } from "../../state/uploads";
import { contentAside, contentIsNew, news, pinned } from "../room/ui";

/** Items that were not there before. */
export function newItems(
	before: readonly ContentItem[],
	after: readonly ContentItem[],
): readonly ContentItem[] {
	const old = new Set(before.map((item) => item.id));
	return after.filter((item) => !old.has(item.id));
}

/** `shown`: the panel is open, so that nothing in it is new any more. */
export function useContentNews({ content, you }: Meeting, shown: boolean): void {
	const before = useRef(content);
	useEffect(() => {
		const found = newItems(before.current, content);
		before.current = content;
		if (found.length === 0) return;
		if (!shown && found.some((item) => item.author !== you)) contentIsNew.value = true;
		const w = words.value.content;
		news.value = found
			.map(({ author, authorName, name }) =>
				author === you ? w.inRoom(name) : w.shared(authorName, name),
			)
			.join(". ");
	}, [content, you, shown]);
	useEffect(() => {
		if (shown) contentIsNew.value = false;
	}, [shown]);
}

/** Somebody opens something, or shows something else: it comes into sight. */
export function useOpenedNews(meeting: Meeting): void {
	const { presentation } = meeting;
	const shown = presentation?.shown;
	const presenter = presentation?.presenter;
	const name = everything(meeting).find((item) => item.id === shown)?.name;
	const first = useRef(true);
	// Somebody else who presents is news too.
	useEffect(() => {
		// What was open before one came in needs no telling.
		if (!first.current && name !== undefined) {
			// What one pinned stays in sight.
			if (pinned.value?.slot !== "screen") contentAside.value = false;
			news.value = words.value.content.isOpen(name);
		}
		first.current = false;
	}, [shown, presenter]);
}

/** Between two sentences about one upload, in milliseconds. */
const QUIET_MS = 15_000;

interface Told {
	readonly quarter: number;
	readonly at: number;
}

/** What to say of each upload now, if anything: that it began, and the quarters of a long one. */
export function toTell(
	told: ReadonlyMap<string, Told>,
	uploads: Uploads,
	now: number,
): { readonly told: ReadonlyMap<string, Told>; readonly say: Uploads } {
	const next = new Map<string, Told>();
	const say = uploads.filter(({ id, state, sent, length }) => {
		const last = told.get(id);
		const quarter = length === 0 ? 0 : Math.floor((4 * sent) / length);
		const due = !last || (quarter > last.quarter && quarter < 4 && now - last.at >= QUIET_MS);
		const worth = state === "sending" && due;
		if (worth) next.set(id, { quarter, at: now });
		else if (last) next.set(id, last);
		return worth;
	});
	return { told: next, say };
}

export function useProgressNews(page: RoomPage): void {
	const told = useRef<ReadonlyMap<string, Told>>(new Map());
	const uploads = page.state.uploads.value;
	useEffect(() => {
		const found = toTell(told.current, uploads, Date.now());
		const w = words.value.content;
		const lines = found.say.map(({ id, name, sent, length }) =>
			told.current.has(id) ? w.percent(name, Math.round((100 * sent) / length)) : w.uploading(name),
		);
		told.current = found.told;
		if (lines.length > 0) news.value = lines.join(". ");
	}, [uploads]);
}
