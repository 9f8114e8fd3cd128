/** Arranges messages as they are read: day lines, the unread line, and what one person said in a row. */
import { dayOf } from "../../i18n/times";
import type { Addressee, Message } from "../../protocol/generated";

export type Item =
	| { readonly kind: "day"; readonly key: string; readonly at: number }
	| { readonly kind: "unread"; readonly key: string }
	| {
			readonly kind: "group";
			readonly key: string;
			readonly author: string;
			readonly name: string;
			readonly at: number;
			/** Null: said to everybody. */
			readonly to: Addressee | null;
			readonly messages: readonly Message[];
	  };

/** After this pause the name and the time are said again. */
const groupPause = 5 * 60_000;

/** `unreadAfter`: number of the last message that was read; null draws no line. */
export function itemsOf(messages: readonly Message[], unreadAfter: number | null): readonly Item[] {
	const items: Item[] = [];
	let group: Message[] = [];
	let lineDrawn = unreadAfter === null;
	const close = () => {
		const first = group[0];
		if (!first) return;
		items.push({
			kind: "group",
			key: `group ${first.number}`,
			author: first.author,
			name: first.name,
			at: first.at,
			to: first.to ?? null,
			messages: group,
		});
		group = [];
	};
	let previous: Message | undefined;
	for (const message of messages) {
		const newDay = !previous || dayOf(previous.at) !== dayOf(message.at);
		const unreadHere = !lineDrawn && message.number > (unreadAfter ?? 0);
		if (newDay || unreadHere || !continues(previous, message)) close();
		if (newDay) items.push({ kind: "day", key: `day ${dayOf(message.at)}`, at: message.at });
		if (unreadHere) {
			items.push({ kind: "unread", key: "unread" });
			lineDrawn = true;
		}
		group.push(message);
		previous = message;
	}
	close();
	return items;
}

function continues(previous: Message | undefined, message: Message): boolean {
	return (
		previous !== undefined &&
		previous.author === message.author &&
		previous.name === message.name &&
		previous.to?.id === message.to?.id &&
		message.at - previous.at < groupPause
	);
}
