/** Where one writes. Enter sends, Shift and Enter starts a new line. What does not fit stays here. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../../i18n";
import { Alert } from "../../ui/Alert";
import { IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { setProperty } from "../../ui/place";
import { composing, draftFor, NO_DRAFT, without } from "./composing";

interface ComposerProps {
	readonly limit: number;
	/** Why one cannot write now; what was begun stays. */
	readonly closed: string | null;
	/** False when it was refused: it stays here. */
	readonly onSay: (text: string) => Promise<boolean>;
}

export function Composer({ limit, closed, onSay }: ComposerProps) {
	const w = words.value.chat;
	const [draft, setDraft] = useState(NO_DRAFT);
	const [busy, setBusy] = useState(false);
	const { text } = draft;
	const field = useRef<HTMLTextAreaElement>(null);
	// The limit counts code points, as the server does.
	const over = text.length > limit ? [...text].length - limit : 0;
	const describedBy = closed === null ? (over > 0 ? "too-long" : undefined) : "chat-closed";
	useLayoutEffect(() => fitHeight(field.current), [text]);
	const meant = composing.value;
	useLayoutEffect(() => {
		if (!meant) return;
		setDraft((before) => draftFor(meant, before));
		field.current?.focus();
	}, [meant]);
	const stop = () => {
		setDraft(without);
		composing.value = null;
		field.current?.focus();
	};
	const send = async () => {
		field.current?.focus();
		if (text.trim() === "" || over > 0 || closed !== null || busy) return;
		setBusy(true);
		const said = await onSay(text);
		setBusy(false);
		// Something else may be in the field by now.
		if (said) setDraft((now) => (now === draft ? { text: draft.aside ?? "", aside: null } : now));
	};
	return (
		<form
			class="composer"
			onSubmit={(event) => {
				event.preventDefault();
				void send();
			}}
		>
			{closed !== null && (
				<p id="chat-closed" class="composer-closed">
					{closed}
				</p>
			)}
			{over > 0 && (
				<Alert id="too-long">
					{words.value.refusals.TextTooLong({ limit })} ({w.tooLong(over)})
				</Alert>
			)}
			{meant && (
				<p class="composer-meant">
					<span dir="auto">
						{meant.kind === "edit" ? w.editing : w.replyingTo(meant.message.name)}
					</span>
					<IconButton label={w.stop} icon="close" hint="Esc" onClick={stop} />
				</p>
			)}
			<div class="composer-row">
				<textarea
					ref={field}
					class="input composer-field"
					rows={1}
					aria-label={w.field}
					aria-invalid={over > 0}
					aria-describedby={describedBy}
					// Not disabled: the keyboard still gets here, and learns why.
					aria-disabled={closed !== null}
					readOnly={closed !== null || busy}
					placeholder={closed === null ? w.placeholder : ""}
					value={text}
					onInput={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
					onKeyDown={(event) => {
						if (event.key === "Escape" && meant) {
							event.stopPropagation();
							stop();
						}
						// Enter that ends a composed character (Chinese, Japanese) is not meant for us.
						if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
						event.preventDefault();
						void send();
					}}
				/>
				<button
					type="submit"
					class="button button-primary button-icon"
					aria-label={meant?.kind === "edit" ? w.save : w.send}
					title={meant?.kind === "edit" ? w.save : w.send}
					aria-disabled={text.trim() === "" || over > 0 || closed !== null}
				>
					<Icon name="send" />
				</button>
			</div>
		</form>
	);
}

/** As high as what is written, up to what the stylesheet allows. */
function fitHeight(field: HTMLTextAreaElement | null): void {
	if (!field) return;
	setProperty(field, "--text-height", "0px");
	if (field.value !== "") setProperty(field, "--text-height", `${field.scrollHeight + 2}px`);
}
