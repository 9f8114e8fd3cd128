/** The log of messages: scrolls like paper that grows at both ends. */
import { useMemo } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { Icon } from "../../ui/Icon";
import { DayLine, Group, Unread } from "./Group";
import { itemsOf } from "./items";
import { Pending } from "./Pending";
import { usePaper } from "./paper";
import { unreadCount } from "./unread";
import { useUnreadLine } from "./unreadLine";

interface LogProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly visible: boolean;
}

export function Log({ page, meeting, visible }: LogProps) {
	const w = words.value.chat;
	const { chat } = meeting;
	const paper = usePaper(chat, visible, page.actions);
	const unread = unreadCount(meeting);
	const line = useUnreadLine(chat.readUpTo, unread, visible && !paper.away);
	const items = useMemo(() => itemsOf(chat.messages, line), [chat.messages, line]);
	const empty = chat.messages.length === 0 && chat.pending.length === 0;
	return (
		<div class="chat-paper">
			<div
				ref={paper.scroller}
				class="chat-log"
				role="log"
				aria-label={w.log}
				aria-busy={chat.loadingEarlier}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
				tabIndex={0}
				onScroll={paper.onScroll}
			>
				<div ref={paper.sheet} class="chat-sheet">
					{empty ? <EmptyLog /> : <Top chat={chat} onLoad={page.actions.loadEarlier} />}
					{items.map((item) => {
						if (item.kind === "day") return <DayLine key={item.key} at={item.at} />;
						if (item.kind === "unread") return <Unread key={item.key} />;
						const own = page.state.isYou(item.author);
						return <Group key={item.key} page={page} meeting={meeting} group={item} own={own} />;
					})}
					{chat.pending.map((message) => (
						<Pending key={message.clientId} message={message} actions={page.actions} />
					))}
				</div>
			</div>
			{paper.away && (
				<button type="button" class="button chat-newest" onClick={paper.toNewest}>
					<Icon name="down" size="small" />
					{unread > 0 ? w.unreadCount(unread) : w.toNewest}
				</button>
			)}
		</div>
	);
}

function EmptyLog() {
	const w = words.value.chat;
	return (
		<div class="chat-empty">
			<Icon name="chat" size="large" />
			<p class="chat-empty-title">{w.empty}</p>
			<p>{w.emptyHow}</p>
		</div>
	);
}

function Top({ chat, onLoad }: { readonly chat: Meeting["chat"]; readonly onLoad: () => void }) {
	const w = words.value.chat;
	if (chat.loadingEarlier) return <p class="chat-top">{w.loadingEarlier}</p>;
	if (!chat.earlier) return <p class="chat-top">{w.beginning}</p>;
	return (
		<p class="chat-top">
			<button type="button" class="button button-quiet button-small" onClick={onLoad}>
				{w.loadEarlier}
			</button>
		</p>
	);
}
