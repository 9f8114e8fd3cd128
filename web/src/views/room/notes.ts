/** Words for what hosts did to oneself, and for what the server did not do. */
import { explain, type Words } from "../../i18n";
import type { Note } from "../../state/notes";

type RefusedNote = Extract<Note, { kind: "refused" }>;

export function isRefusedRename(note: Note): note is RefusedNote {
	return note.kind === "refused" && note.command === "Rename";
}

export function explainNote(note: Note, w: Words, language = "en"): string {
	const { hosting } = w;
	switch (note.kind) {
		case "muted":
			return hosting.mutedBy(note.by);
		case "asked":
			return hosting.asksYou(new Intl.ListFormat(language).format(note.by), note.by.length > 1);
		case "no screen": {
			const why = hosting.noScreen[note.why];
			return note.stopped ? `${hosting.screenStopped} ${why}` : why;
		}
		case "not fetched":
			return w.content.notFetched(note.name, note.refusal && explain(note.refusal, w.refusals));
		case "role":
			return note.host ? hosting.hostNow : hosting.guestNow;
		case "refused": {
			const why = note.refusal ? explain(note.refusal, w.refusals) : hosting.notAsked;
			return isRefusedRename(note) ? hosting.refusedRename(why) : why;
		}
	}
}
