/** What hosts did to oneself, and what was refused: each stays until it was seen, answered, or is over. */
import { useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { language, words } from "../../i18n";
import { keyOf, type Note } from "../../state/notes";
import { Alert, Notice } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { useFocusKept } from "../../ui/hooks";
import type { IconName } from "../../ui/Icon";
import { explainNote } from "./notes";

export function NoteList({ page }: { readonly page: RoomPage }) {
	return (
		<>
			{page.state.notes.value.map((note) => (
				<OneNote key={keyOf(note)} page={page} note={note} />
			))}
		</>
	);
}

interface NoteProps {
	readonly page: RoomPage;
	readonly note: Note;
}

const icons: Record<Exclude<Note["kind"], "refused" | "not fetched">, IconName> = {
	muted: "microphoneOff",
	asked: "microphone",
	"no screen": "presenter",
	role: "host",
};

function OneNote({ page, note }: NoteProps) {
	const box = useRef<HTMLDivElement>(null);
	useFocusKept(box);
	return (
		<div ref={box}>
			<NoteText page={page} note={note} />
		</div>
	);
}

function NoteText({ page, note }: NoteProps) {
	const w = words.value;
	const text = explainNote(note, w, language.value);
	const run = () => page.actions.dismissNote(note);
	if (note.kind === "refused" || note.kind === "not fetched")
		return <Alert onDismiss={{ label: w.dismiss, run }}>{text}</Alert>;
	if (note.kind === "asked") {
		return (
			<Notice icon={icons.asked} action={<Answers page={page} onNotNow={run} />}>
				{text}
			</Notice>
		);
	}
	return (
		<Notice icon={icons[note.kind]} onDismiss={{ label: w.dismiss, run }}>
			{text}
		</Notice>
	);
}

function Answers({ page, onNotNow }: { readonly page: RoomPage; readonly onNotNow: () => void }) {
	const w = words.value.hosting;
	return (
		<div class="alert-actions">
			<Button
				kind="primary"
				icon="microphone"
				onClick={() => {
					onNotNow();
					page.actions.setMicrophone(true);
				}}
			>
				{w.turnOn}
			</Button>
			<Button onClick={onNotNow}>{w.notNow}</Button>
		</div>
	);
}
