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

/** Whom one wrote to alone when one began to answer something public: that one again after the answer. */
const interrupted = signal<Addressee | null>(null);

/** Counts up when the focus belongs in the field. */
export const focusField = signal(0);

export function writeTo(to: Addressee | null): void {
	const meant = composing.value;
	// An answer to what was said in private stays between the two.
	if (meant?.kind === "reply" && meant.message.to && to?.id !== addressee.value?.id) {
		composing.value = null;
	}
	addressee.value = to;
	interrupted.value = null;
}

/** The other one of a private message that oneself, as one is here now, said or was told. */
export function counterpart({ author, name, to }: Message, you: string): Addressee | null {
	if (!to) return null;
	if (author === you) return to;
	return to.id === you ? { id: author, name } : null;
}

/** What was said to everybody is answered to everybody, what was said in private to that one alone. */
export function reply(message: Message, you: string): void {
	const other = counterpart(message, you);
	interrupted.value = other ? null : (addressee.value ?? interrupted.value);
	addressee.value = other;
	composing.value = { kind: "reply", message };
}

/** A new message is meant again, for whom it was before. */
export function composeAnew(): void {
	composing.value = null;
	if (interrupted.value) addressee.value = interrupted.value;
	interrupted.value = null;
}

/** Out of the room. */
export function forgetComposing(): void {
	composing.value = null;
	addressee.value = null;
	interrupted.value = null;
}

/** What is in the field, and what lies aside until that is done. */
export interface Draft {
	readonly text: string;
	/** What was begun before a message was put into the field, or for one alone; null: nothing. */
	readonly aside: string | null;
	/** A message is being changed. */
	readonly editing: boolean;
}

export const NO_DRAFT: Draft = { text: "", aside: null, editing: false };

/** The field as it is for what is meant now. */
export function draftFor(meant: Composing, draft: Draft): Draft {
	if (meant.kind === "edit") {
		return { text: meant.message.text, aside: draft.aside ?? draft.text, editing: true };
	}
	const begun = draft.editing ? without(draft) : draft;
	// What was begun for one alone is no answer to all.
	if (!interrupted.value || begun.aside !== null || begun.text === "") return begun;
	return { text: "", aside: begun.text, editing: false };
}

/** Nothing is changed or answered any more: what was begun before comes back. */
export function without(draft: Draft): Draft {
	return draft.aside === null ? draft : { ...NO_DRAFT, text: draft.aside };
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
	if (composing.value === meant) composeAnew();
	return true;
}
