/** What is shared in the room, oldest first; and who may share, and take away again. */
import type { ContentItem } from "../protocol/generated";
import type { Meeting } from "./model";
import { isHost, whyNoScreen } from "./room";

export function addItem(items: readonly ContentItem[], item: ContentItem): readonly ContentItem[] {
	return items.some((one) => one.id === item.id) ? items : [...items, item];
}

export function removeItem(items: readonly ContentItem[], id: string): readonly ContentItem[] {
	return items.filter((one) => one.id !== id);
}

/** Bytes of everything in the room; files that were shared twice count twice. */
export function bytesIn(items: readonly ContentItem[]): number {
	return items.reduce((sum, item) => sum + item.length, 0);
}

/** Hosts take anything away, others what they shared, as long as they may share. */
export function mayRemove(meeting: Meeting, item: ContentItem): boolean {
	return isHost(meeting) || (item.author === meeting.you && whyNoScreen(meeting) === null);
}
