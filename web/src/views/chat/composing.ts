/** What is being written, where it is not simply a new message. */
import { signal } from "@preact/signals";
import type { Message } from "../../protocol/generated";

interface Composing {
	readonly kind: "reply" | "edit";
	readonly message: Message;
}

export const composing = signal<Composing | null>(null);
