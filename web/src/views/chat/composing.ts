/** What is being written, where it is not simply a new message. */
import { signal } from "@preact/signals";
import type { Actions } from "../../actions/actions";
import type { Message } from "../../protocol/generated";

export interface Composing {
	readonly kind: "reply" | "edit";
	readonly message: Message;
}

export const composing = signal<Composing | null>(null);

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
): Promise<boolean> {
	const meant = composing.value;
	const number = meant?.message.number ?? null;
	if (meant?.kind === "edit" && number !== null) {
		if (!(await actions.changeMessage({ type: "EditChat", number, text }))) return false;
	} else actions.say(text, number);
	if (composing.value === meant) composing.value = null;
	return true;
}
