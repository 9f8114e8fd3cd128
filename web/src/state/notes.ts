/** What stays on the screen until the person has seen it or it is no longer so: at most one of each kind. */
import type { Command, Refusal } from "../protocol/generated";
import type { NoScreen } from "./room";

export type Note =
	/** A host turned the own microphone off. */
	| { readonly kind: "muted"; readonly by: string }
	/** Hosts ask for the microphone to be turned on; who asked last comes last. */
	| { readonly kind: "asked"; readonly by: readonly string[] }
	/** The own screen stopped, or did not start. */
	| { readonly kind: "no screen"; readonly why: NoScreen; readonly stopped: boolean }
	/** A file could not be fetched. `refusal` is null when the server did not answer. */
	| { readonly kind: "not fetched"; readonly name: string; readonly refusal: Refusal | null }
	/** One became a host, or is none any more. */
	| { readonly kind: "role"; readonly host: boolean }
	/** The server did not do it. `refusal` is null when it could not be asked. */
	| {
			readonly kind: "refused";
			readonly command: Command["type"];
			readonly refusal: Refusal | null;
	  };

export type Notes = readonly Note[];

/** Names in one sentence; a host who keeps renaming does not make it longer. */
const MOST_NAMES = 3;

/** Two notes with the same key are about the same thing: the newer one counts. */
export function keyOf(note: Note): string {
	return note.kind === "refused" ? `refused ${note.command}` : note.kind;
}

export function withNote(notes: Notes, note: Note): Notes {
	return [...without(notes, keyOf(note)), note];
}

export function without(notes: Notes, ...keys: readonly string[]): Notes {
	const left = notes.filter((one) => !keys.includes(keyOf(one)));
	return left.length === notes.length ? notes : left;
}

/** Somebody more asks: one question, with everybody's name. */
export function withAsker(notes: Notes, name: string): Notes {
	const before = notes.find((one) => one.kind === "asked")?.by ?? [];
	const by = [...before.filter((one) => one !== name), name].slice(-MOST_NAMES);
	return withNote(notes, { kind: "asked", by });
}
