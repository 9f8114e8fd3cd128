/** One message: what it answers, what was said, what people think of it, and what one can do with it. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { clockTime } from "../../i18n/times";
import type { Message, ReactToChat } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { isHost, mayWrite } from "../../state/room";
import { Icon } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { composing, counterpart, reply } from "./composing";
import { Mentioned } from "./Mentions";
import { RichText } from "./RichText";

interface SaidProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly message: Message;
}

type Emoji = ReactToChat["emoji"];

const EMOJI: readonly Emoji[] = ["👍", "❤️", "😂", "😮", "😢", "🎉"];
/** Letters of a message that is answered. */
const QUOTED = 80;

export function Said({ page, meeting, message }: SaidProps) {
	const w = words.value.chat;
	if (message.deleted) return <p class="said-text said-gone">{w.deleted}</p>;
	return (
		<div class="said-one">
			{typeof message.replyTo === "number" && <p class="said-quote">{quoteOf(meeting, message)}</p>}
			<p class="said-text" title={clockTime(message.at)}>
				<RichText text={message.text} />
				{typeof message.editedAt === "number" && <small class="said-edited"> ({w.edited})</small>}
			</p>
			{message.mentions && message.mentions.length > 0 && (
				<Mentioned page={page} meeting={meeting} mentions={message.mentions} />
			)}
			<Reactions page={page} meeting={meeting} message={message} />
			<Menu
				label={w.options(message.name)}
				kind="menu"
				items={waysOf(page, meeting, message)}
				class="button button-quiet button-icon said-options"
			>
				<Icon name="options" size="small" />
			</Menu>
		</div>
	);
}

/** The message that this one answers, if it does, and if that one is loaded. */
export function answered({ chat }: Meeting, { replyTo }: Message): Message | undefined {
	if (typeof replyTo !== "number") return undefined;
	return chat.messages.find((one) => one.number === replyTo);
}

function quoteOf(meeting: Meeting, message: Message): string {
	const w = words.value.chat;
	const found = answered(meeting, message);
	if (!found) return w.answersEarlier;
	const said = found.deleted ? w.deleted : found.text.replaceAll("\n", " ");
	return w.answers(found.name, said.length > QUOTED ? `${said.slice(0, QUOTED)}…` : said);
}

function Reactions({ page, meeting, message }: SaidProps) {
	const w = words.value.chat;
	if (!message.reactions?.length) return null;
	return (
		<ul class="said-reactions">
			{message.reactions.map(({ emoji, by }) => {
				const on = by.includes(meeting.you);
				const who = by.map((id) => nameOf(meeting, id)).join(", ");
				return (
					<li key={emoji}>
						<button
							type="button"
							class="said-reaction"
							aria-pressed={on}
							title={who}
							disabled={!mayWrite(meeting)}
							onClick={() => react(page, message, emoji, !on)}
						>
							<span aria-hidden="true">
								{emoji} {by.length}
							</span>
							<span class="visually-hidden">{w.reacted(w.reactions[emoji], who)}</span>
						</button>
					</li>
				);
			})}
		</ul>
	);
}

function nameOf({ participants }: Meeting, id: string): string {
	return participants.find((one) => one.id === id)?.name ?? words.value.chat.somebody;
}

function react(page: RoomPage, { number }: Message, emoji: Emoji, on: boolean): void {
	void page.actions.changeMessage({ type: "ReactToChat", number, emoji, on });
}

/** Whoever may not write can take back what they wrote before. */
function waysOf(page: RoomPage, meeting: Meeting, message: Message): readonly MenuItem[] {
	const w = words.value.chat;
	const own = message.author === meeting.you;
	const closed = !mayWrite(meeting);
	const other = counterpart(message, meeting.you);
	// Nobody is there who would get the answer.
	const alone = !!message.to && !meeting.participants.some((one) => one.id === other?.id);
	const items: MenuItem[] = [
		{
			id: "reply",
			label: w.reply,
			icon: "reply",
			disabled: closed || alone,
			...(alone && { reason: w.notHere }),
			onChoose: () => reply(message, meeting.you),
		},
		...EMOJI.map((emoji): MenuItem => {
			const on = message.reactions?.some(
				(one) => one.emoji === emoji && one.by.includes(meeting.you),
			);
			return {
				id: emoji,
				label: `${emoji} ${w.reactions[emoji]}`,
				icon: on ? "check" : "reaction",
				disabled: closed,
				onChoose: () => react(page, message, emoji, !on),
			};
		}),
	];
	if (own) {
		items.push({
			id: "edit",
			label: w.edit,
			icon: "edit",
			disabled: closed,
			onChoose: () => {
				composing.value = { kind: "edit", message };
			},
		});
	}
	if (own || (isHost(meeting) && !message.to)) {
		items.push({
			id: "delete",
			label: w.delete,
			icon: "delete",
			danger: true,
			onChoose: () =>
				void page.actions.changeMessage({ type: "DeleteChat", number: message.number }),
		});
	}
	return items;
}
