/** What is being written, where it is not simply a new message. */
import { signal } from "@preact/signals";
import type { Actions, Saying } from "../../actions/actions";
import type { Addressee, Message } from "../../protocol/generated";

export interface Composing {
	readonly kind: "reply" | "edit";
	readonly message: Message;
}

export const composing = signal<Composing | null>(null);

/**
 * Whom one writes to; null: everybody. It stays after sending, and when they leave: what is meant for one
 * never goes to all because somebody forgot.
 */
export const addressee = signal<Addressee | null>(null);

/** Counts up when the focus belongs in the field. */
export const focusField = signal(0);

export function writeTo(to: Addressee | null): void {
	const meant = composing.value;
	// An answer to what was said in private stays between the two.
	if (meant?.kind === "reply" && meant.message.to && to?.id !== addressee.value?.id) {
		composing.value = null;
	}
	addressee.value = to;
}

/** The other one of a private message that oneself, as one is here now, said or was told. */
export function counterpart({ author, name, to }: Message, you: string): Addressee | null {
	if (!to) return null;
	if (author === you) return to;
	return to.id === you ? { id: author, name } : null;
}

export function reply(message: Message, you: string): void {
	const other = counterpart(message, you);
	if (other) addressee.value = other;
	composing.value = { kind: "reply", message };
}

/** Out of the room. */
export function forgetComposing(): void {
	composing.value = null;
	addressee.value = null;
}

/** What is in the field, and what was before a message was put there to be changed. */
export interface Draft {
	readonly text: string;
	/** Null: no message is being changed. */
	readonly aside: string | null;
}

export const NO_DRAFT: Draft = { text: "", aside: null };

/** The field as it is for what is meant now. */
export function draftFor(meant: Composing, draft: Draft): Draft {
	if (meant.kind === "reply") return without(draft);
	return { text: meant.message.text, aside: draft.aside ?? draft.text };
}

/** No message is being changed any more: what was begun before comes back. */
export function without(draft: Draft): Draft {
	return draft.aside === null ? draft : { text: draft.aside, aside: null };
}

/** A new message, an answer, or one's own message said differently. False: it was refused, and stays. */
export async function send(
	actions: Pick<Actions, "say" | "changeMessage">,
	text: string,
	saying: Saying,
): Promise<boolean> {
	const meant = composing.value;
	const number = meant?.message.number ?? null;
	if (meant?.kind === "edit" && number !== null) {
		if (!(await actions.changeMessage({ type: "EditChat", number, text }))) return false;
	} else actions.say(text, { ...saying, replyTo: number });
	if (composing.value === meant) composing.value = null;
	return true;
}
