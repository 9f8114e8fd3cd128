/** Where one writes. Enter sends, Shift and Enter starts a new line. What does not fit stays here. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../../i18n";
import { Alert } from "../../ui/Alert";
import { IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { setProperty } from "../../ui/place";
import { composing } from "./composing";

interface ComposerProps {
	readonly limit: number;
	/** Why one cannot write now; what was begun stays. */
	readonly closed: string | null;
	readonly onSay: (text: string) => void;
}

export function Composer({ limit, closed, onSay }: ComposerProps) {
	const w = words.value.chat;
	const [draft, setDraft] = useState("");
	const field = useRef<HTMLTextAreaElement>(null);
	// The limit counts code points, as the server does.
	const over = draft.length > limit ? [...draft].length - limit : 0;
	const describedBy = closed === null ? (over > 0 ? "too-long" : undefined) : "chat-closed";
	useLayoutEffect(() => fitHeight(field.current), [draft]);
	const meant = composing.value;
	useLayoutEffect(() => {
		if (!meant) return;
		if (meant.kind === "edit") setDraft(meant.message.text);
		field.current?.focus();
	}, [meant]);
	const stop = () => {
		if (meant?.kind === "edit") setDraft("");
		composing.value = null;
		field.current?.focus();
	};
	const send = () => {
		field.current?.focus();
		if (draft.trim() === "" || over > 0 || closed !== null) return;
		onSay(draft);
		setDraft("");
	};
	return (
		<form
			class="composer"
			onSubmit={(event) => {
				event.preventDefault();
				send();
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
					readOnly={closed !== null}
					placeholder={closed === null ? w.placeholder : ""}
					value={draft}
					onInput={(event) => setDraft(event.currentTarget.value)}
					onKeyDown={(event) => {
						if (event.key === "Escape" && meant) {
							event.stopPropagation();
							stop();
						}
						// Enter that ends a composed character (Chinese, Japanese) is not meant for us.
						if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
						event.preventDefault();
						send();
					}}
				/>
				<button
					type="submit"
					class="button button-primary button-icon"
					aria-label={meant?.kind === "edit" ? w.save : w.send}
					title={meant?.kind === "edit" ? w.save : w.send}
					aria-disabled={draft.trim() === "" || over > 0 || closed !== null}
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
