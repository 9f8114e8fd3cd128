/** Who is writing: told to the others while one does, and shown for a few seconds. Nothing is kept of it. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock, Timer } from "../core/clock";
import type { Command, Event } from "../protocol/generated";

/** Between two marks of one's own, in milliseconds; the server takes one in two seconds. */
export const TELL_EVERY_MS = 3_000;
/** Longer than between two marks, so that nothing flickers while somebody goes on. */
export const SHOWN_FOR_MS = 5_000;

export interface Writer {
	readonly id: string;
	/** To oneself alone. */
	readonly private: boolean;
}

export interface TypingDesk {
	readonly writers: ReadonlySignal<readonly Writer[]>;
	showTyping(to: string | null): void;
	heard(event: Event): void;
	/** Out of the meeting, or cut off from it. */
	forget(): void;
}

export function makeTypingDesk(clock: Clock, tell: (command: Command) => void): TypingDesk {
	const writers = signal<readonly Writer[]>([]);
	const timers = new Map<string, Timer>();
	let told: { readonly to: string | null; readonly at: number } | null = null;

	function stop(id: string): void {
		timers.get(id)?.cancel();
		if (timers.delete(id)) writers.value = writers.value.filter((one) => one.id !== id);
	}

	function start(writer: Writer): void {
		stop(writer.id);
		timers.set(
			writer.id,
			clock.after(SHOWN_FOR_MS, () => stop(writer.id)),
		);
		writers.value = [...writers.value, writer];
	}

	return {
		writers,
		showTyping(to) {
			const now = clock.now();
			if (told?.to === to && now - told.at < TELL_EVERY_MS) return;
			told = { to, at: now };
			tell({ type: "ShowTyping", to });
		},
		heard(event) {
			if (event.type === "TypingShown") start({ id: event.participant, private: event.private });
			if (event.type === "ParticipantLeft") stop(event.participant);
			if (event.type === "ChatPosted" || event.type === "PrivateChatPosted") {
				stop(event.message.author);
			}
		},
		forget() {
			for (const id of [...timers.keys()]) stop(id);
			told = null;
		},
	};
}
