/** What was said, and what is still being said. */
import type { ChatPage, Message, Refusal } from "../protocol/generated";
import type { Happening } from "./happenings";
import type { Chat } from "./model";

/** Merges by number, oldest first; for the same number `newer` wins. */
function merge(older: readonly Message[], newer: readonly Message[]): readonly Message[] {
	const byNumber = new Map<number, Message>();
	for (const message of older) byNumber.set(message.number, message);
	for (const message of newer) byNumber.set(message.number, message);
	return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

function lastNumber(messages: readonly Message[]): number {
	return messages.at(-1)?.number ?? 0;
}

/** The pending ones that `messages` do not contain: what was posted is not pending any more. */
function stillPending(chat: Chat, messages: readonly Message[]): Chat["pending"] {
	const posted = new Set(messages.map((message) => message.clientId));
	return chat.pending.filter((pending) => !posted.has(pending.clientId));
}

/** The same conversation, and no message between what we have and what the page begins with. */
function continues(known: readonly Message[], page: readonly Message[]): boolean {
	const first = page[0];
	if (first === undefined || known.length === 0) return false;
	const same = known.find((message) => message.number === first.number);
	if (same !== undefined) return same.clientId === first.clientId;
	return first.number === lastNumber(known) + 1;
}

/** The chat at the first joining. What was said before one came is not unread. */
export function chatAtFirst(page: ChatPage): Chat {
	return {
		messages: merge([], page.messages),
		earlier: page.earlier,
		loadingEarlier: false,
		pending: [],
		readUpTo: lastNumber(page.messages),
	};
}

/** Coming back: the snapshot rules, and history that was loaded before it stays where it joins on. */
export function chatAfterWelcome(chat: Chat, page: ChatPage): Chat {
	// Nothing is before the first one there is: what we have from before it was cleared meanwhile.
	const joins = page.earlier && continues(chat.messages, page.messages);
	const first = page.messages[0]?.number ?? 0;
	const before = joins ? chat.messages.filter((message) => message.number < first) : [];
	const messages = merge(before, page.messages);
	return {
		messages,
		earlier: before.length > 0 ? chat.earlier : page.earlier,
		loadingEarlier: false,
		pending: stillPending(chat, page.messages),
		readUpTo: Math.min(chat.readUpTo, lastNumber(messages)),
	};
}

export function postMessage(chat: Chat, message: Message, you: string): Chat {
	return {
		...chat,
		messages: merge(chat.messages, [message]),
		pending: stillPending(chat, [message]),
		// Whoever answers has seen what was there.
		readUpTo: message.author === you ? Math.max(chat.readUpTo, message.number) : chat.readUpTo,
	};
}

export function prependEarlier(chat: Chat, page: ChatPage): Chat {
	const first = chat.messages[0]?.number ?? Number.POSITIVE_INFINITY;
	const older = page.messages.filter((message) => message.number < first);
	return {
		...chat,
		messages: merge(older, chat.messages),
		earlier: page.earlier,
		loadingEarlier: false,
	};
}

/** As it is now; one that is not loaded here stays away. */
export function changeMessage(chat: Chat, message: Message): Chat {
	if (!chat.messages.some((one) => one.number === message.number)) return chat;
	return { ...chat, messages: merge(chat.messages, [message]) };
}

export function clearUpTo(chat: Chat, number: number): Chat {
	const messages = chat.messages.filter((one) => one.number > number);
	return { ...chat, messages, earlier: false, loadingEarlier: false };
}

type Said = Extract<Happening, { type: "MessageSaid" }>;

export function addPending(chat: Chat, said: Said): Chat {
	const { clientId, text, replyTo, to, mentions, now } = said;
	if (chat.pending.some((one) => one.clientId === clientId)) return chat;
	const pending = { clientId, text, replyTo, to, mentions, at: now, refusal: null };
	return { ...chat, pending: [...chat.pending, pending] };
}

export function markPending(chat: Chat, clientId: string, refusal: Refusal | null): Chat {
	return {
		...chat,
		pending: chat.pending.map((one) => (one.clientId === clientId ? { ...one, refusal } : one)),
	};
}

export function dropPending(chat: Chat, clientId: string): Chat {
	return { ...chat, pending: chat.pending.filter((one) => one.clientId !== clientId) };
}

export function markRead(chat: Chat, number: number): Chat {
	const seen = Math.min(number, lastNumber(chat.messages));
	return seen > chat.readUpTo ? { ...chat, readUpTo: seen } : chat;
}

/** As one comes in; a number that there never was counts as the last. */
export function leftOffAt(chat: Chat, number: number): Chat {
	return { ...chat, readUpTo: Math.max(0, Math.min(number, lastNumber(chat.messages))) };
}
