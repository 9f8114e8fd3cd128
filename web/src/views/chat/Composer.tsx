/** Where one writes. Enter sends, Shift and Enter starts a new line. What does not fit stays here. */
import type { ComponentProps } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Addressee, Mention } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { mayWrite } from "../../state/room";
import { Alert } from "../../ui/Alert";
import { IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { setProperty } from "../../ui/place";
import { PrivateLine, ToButton } from "./Addressing";
import {
	addressee,
	type Composing,
	composeAnew,
	composing,
	draftFor,
	focusField,
	NO_DRAFT,
	send as sendWords,
	without,
} from "./composing";
import { Chosen, MentionButton } from "./Mentions";

interface ComposerProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
}

export function Composer({ page, meeting }: ComposerProps) {
	const w = words.value.chat;
	const limit = meeting.limits.chatText;
	const [draft, setDraft] = useState(NO_DRAFT);
	const [mentions, setMentions] = useState<readonly Mention[]>([]);
	const [busy, setBusy] = useState(false);
	const { text } = draft;
	const meant = composing.value;
	const editing = meant?.kind === "edit";
	const to = editing ? null : addressee.value;
	const gone = to !== null && !meeting.participants.some((one) => one.id === to.id);
	// Why one cannot write now; what was begun stays.
	const closed = mayWrite(meeting)
		? gone
			? w.addresseeGone(to.name)
			: null
		: words.value.hosting.noChat;
	const nothing = text.trim() === "" && (editing || mentions.length === 0);
	const field = useRef<HTMLTextAreaElement>(null);
	// The limit counts code points, as the server does.
	const over = text.length > limit ? [...text].length - limit : 0;
	const described = [
		closed !== null && "chat-closed",
		over > 0 && "too-long",
		meant !== null && "chat-meant",
		to !== null && "chat-private",
	].filter((id) => id !== false);
	useLayoutEffect(() => fitHeight(field.current), [text]);
	useLayoutEffect(() => {
		if (!meant) return;
		setDraft((before) => draftFor(meant, before));
		field.current?.focus();
	}, [meant]);
	const asked = focusField.value;
	const answeredTo = useRef(asked);
	useLayoutEffect(() => {
		if (answeredTo.current !== asked) field.current?.focus();
		answeredTo.current = asked;
	}, [asked]);
	const stop = () => {
		setDraft(without);
		composeAnew();
		field.current?.focus();
	};
	const send = async () => {
		field.current?.focus();
		if (nothing || over > 0 || closed !== null || busy) return;
		setBusy(true);
		// False when it was refused: it stays here.
		const said = await sendWords(page.actions, text, { to, mentions });
		setBusy(false);
		if (said && !editing) setMentions((now) => (now === mentions ? [] : now));
		// Something else may be in the field by now.
		if (said) setDraft((now) => (now === draft ? without({ ...draft, text: "" }) : now));
	};
	return (
		<form
			class="composer"
			onSubmit={(event) => {
				event.preventDefault();
				void send();
			}}
		>
			<Why closed={closed} gone={gone} over={over} limit={limit} />
			{meant && <Meaning id="chat-meant" meant={meant} to={to} onStop={stop} />}
			{to && <PrivateLine id="chat-private" to={to} />}
			{!editing && mayWrite(meeting) && (
				<Tools
					meeting={meeting}
					disabled={closed !== null}
					mentions={mentions}
					onChange={setMentions}
				/>
			)}
			<div class="composer-row">
				<textarea
					ref={field}
					class="input composer-field"
					rows={1}
					aria-label={w.field}
					aria-invalid={over > 0}
					aria-describedby={described.length > 0 ? described.join(" ") : undefined}
					// Not disabled: the keyboard still gets here, and learns why.
					aria-disabled={closed !== null}
					readOnly={closed !== null || busy}
					placeholder={closed === null ? (to ? w.placeholderTo(to.name) : w.placeholder) : ""}
					value={text}
					onInput={({ currentTarget: { value } }) => {
						setDraft({ ...draft, text: value });
						if (!editing && value.trim() !== "") page.actions.showTyping(to?.id ?? null);
					}}
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
					aria-label={editing ? w.save : w.send}
					title={editing ? w.save : w.send}
					aria-disabled={nothing || over > 0 || closed !== null}
				>
					<Icon name="send" />
				</button>
			</div>
		</form>
	);
}

interface WhyProps {
	readonly closed: string | null;
	/** Whom one writes to is not here. */
	readonly gone: boolean;
	/** Characters too many. */
	readonly over: number;
	readonly limit: number;
}

/** Why what is there cannot be sent. */
function Why({ closed, gone, over, limit }: WhyProps) {
	const w = words.value;
	return (
		<>
			{closed !== null && gone && <Alert id="chat-closed">{closed}</Alert>}
			{closed !== null && !gone && (
				<p id="chat-closed" class="composer-closed">
					{closed}
				</p>
			)}
			{over > 0 && (
				<Alert id="too-long">
					{w.refusals.TextTooLong({ limit })} ({w.chat.tooLong(over)})
				</Alert>
			)}
		</>
	);
}

interface MeaningProps {
	/** Describes the field. */
	readonly id: string;
	readonly meant: Composing;
	/** Whom an answer is for; null: everybody. */
	readonly to: Addressee | null;
	readonly onStop: () => void;
}

function Meaning({ id, meant, to, onStop }: MeaningProps) {
	const w = words.value.chat;
	const { name } = meant.message;
	const answers = to ? w.replyingTo(name) : w.replyingToAll(name);
	return (
		<p class="composer-meant">
			<span id={id} dir="auto">
				{meant.kind === "edit" ? w.editing : answers}
			</span>
			<IconButton label={w.stop} icon="close" hint="Esc" onClick={onStop} />
		</p>
	);
}

/** For whom it is, and what goes with it. */
function Tools(props: ComponentProps<typeof MentionButton>) {
	return (
		<>
			<Chosen mentions={props.mentions} onChange={props.onChange} />
			<div class="composer-tools">
				<ToButton meeting={props.meeting} />
				<MentionButton {...props} />
			</div>
		</>
	);
}

/** As high as what is written, up to what the stylesheet allows. */
function fitHeight(field: HTMLTextAreaElement | null): void {
	if (!field) return;
	setProperty(field, "--text-height", "0px");
	if (field.value !== "") setProperty(field, "--text-height", `${field.scrollHeight + 2}px`);
}
