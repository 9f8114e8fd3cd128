/** Searches everything that was said, on the server: this page has only the last part of it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { fullTime } from "../../i18n/times";
import type { Message } from "../../protocol/generated";
import { Alert } from "../../ui/Alert";
import { Button, IconButton } from "../../ui/Button";
import { PrivateMark } from "./PrivateMark";
import { RichText } from "./RichText";

interface SearchProps {
	readonly page: RoomPage;
	readonly onClose: () => void;
}

interface Found {
	readonly text: string;
	readonly messages: readonly Message[];
	/** From where to go on; null when everything was searched. */
	readonly before: number | null;
}

const LONGEST = 200;

export function Search({ page, onClose }: SearchProps) {
	const w = words.value.chat;
	const field = useRef<HTMLInputElement>(null);
	const [found, setFound] = useState<Found | null>(null);
	const [failed, setFailed] = useState(false);
	useEffect(() => field.current?.focus(), []);
	const search = async (text: string, known: readonly Message[], before: number | null) => {
		const answer = await page.actions.searchChat(text, before);
		setFailed(answer === null);
		if (answer) {
			setFound({ text, messages: [...known, ...answer.messages], before: answer.before });
		}
	};
	const submit = (event: Event) => {
		event.preventDefault();
		const text = field.current?.value.trim() ?? "";
		if (text !== "") void search(text, [], null);
	};
	return (
		<search class="chat-search">
			<form class="chat-search-row" onSubmit={submit}>
				<input
					ref={field}
					class="input"
					type="search"
					maxLength={LONGEST}
					aria-label={w.search}
					placeholder={w.search}
					onKeyDown={(event) => {
						if (event.key !== "Escape") return;
						event.stopPropagation();
						onClose();
					}}
				/>
				<IconButton label={w.searchEnd} icon="close" hint="Esc" onClick={onClose} />
			</form>
			{failed && <Alert>{w.searchFailed}</Alert>}
			<output class="chat-search-count">{found && w.found(found.messages.length)}</output>
			{found && <Messages page={page} messages={found.messages} />}
			{found && found.before !== null && (
				<Button size="small" onClick={() => void search(found.text, found.messages, found.before)}>
					{w.searchOn}
				</Button>
			)}
		</search>
	);
}

function Messages({
	page,
	messages,
}: {
	readonly page: RoomPage;
	readonly messages: readonly Message[];
}) {
	if (messages.length === 0) return null;
	return (
		<ul class="chat-found">
			{messages.map(({ number, name, at, text, to }) => (
				<li key={number}>
					<p class="said-head">
						<span class="said-name">{name}</span>
						<time dateTime={new Date(at).toISOString()}>{fullTime(at)}</time>
						{to && <PrivateMark to={to} toYou={page.state.isYou(to.id)} />}
					</p>
					<p class="said-text">
						<RichText text={text} />
					</p>
				</li>
			))}
		</ul>
	);
}
