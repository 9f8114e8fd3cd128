/** Files and whiteboards in a message: what leads to them, and what is chosen for the next one. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Mention } from "../../protocol/generated";
import { everything } from "../../state/boards";
import type { Meeting } from "../../state/model";
import { whyNoScreen } from "../../state/room";
import { IconButton } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { iconOf, sheetOf } from "../content/kinds";
import { contentAside, showContent } from "../room/ui";

/** As many as the server takes. */
const MOST_MENTIONS = 10;

interface MentionedProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly mentions: readonly Mention[];
}

/** Below what was said. Opens as it does in Shared content. */
export function Mentioned({ page, meeting, mentions }: MentionedProps) {
	return (
		<ul class="mentions">
			{mentions.map((mention) => (
				<li key={mention.item}>
					<Link page={page} meeting={meeting} mention={mention} />
				</li>
			))}
		</ul>
	);
}

function Link({
	page,
	meeting,
	mention,
}: Pick<MentionedProps, "page" | "meeting"> & { readonly mention: Mention }) {
	const { icon, label, open } = wayTo(page, meeting, mention);
	const face = (
		<>
			<Icon name={icon} size="small" />
			<span class="mention-name" dir="auto">
				{open ? mention.name : label}
			</span>
		</>
	);
	if (!open) return <span class="mention">{face}</span>;
	return (
		<button type="button" class="mention mention-link" aria-label={label} onClick={open}>
			{face}
		</button>
	);
}

interface Way {
	readonly icon: IconName;
	readonly label: string;
	/** Null: it cannot be opened here. */
	readonly open: (() => void) | null;
}

function wayTo(page: RoomPage, meeting: Meeting, { item: id, name }: Mention): Way {
	const w = words.value;
	const present = () => {
		contentAside.value = false;
		showContent(page);
		page.actions.present(id);
	};
	const shareable = whyNoScreen(meeting) === null;
	const board = meeting.boards.find((one) => one.id === id);
	if (board) {
		const open = shareable ? present : null;
		return { icon: "presenter", label: open ? w.content.open(name) : name, open };
	}
	const file = meeting.content.find((one) => one.id === id);
	if (!file) return { icon: "file", label: w.chat.mentionGone(name), open: null };
	const icon = iconOf(file.mediaType);
	if (shareable && sheetOf(file.mediaType) !== "none") {
		return { icon, label: w.content.open(name), open: present };
	}
	return {
		icon,
		label: w.content.download(name),
		open: () => void page.actions.download(file),
	};
}

interface ChosenProps {
	readonly mentions: readonly Mention[];
	readonly onChange: (mentions: readonly Mention[]) => void;
}

/** What goes with the message that is being written. */
export function Chosen({ mentions, onChange }: ChosenProps) {
	if (mentions.length === 0) return null;
	return (
		<ul class="mentions">
			{mentions.map((mention) => (
				<li key={mention.item} class="mention">
					<span class="mention-name" dir="auto">
						{mention.name}
					</span>
					<IconButton
						label={words.value.chat.dropMention(mention.name)}
						icon="close"
						onClick={() => onChange(mentions.filter((one) => one !== mention))}
					/>
				</li>
			))}
		</ul>
	);
}

export function MentionButton({
	meeting,
	disabled,
	mentions,
	onChange,
}: ChosenProps & { readonly meeting: Meeting; readonly disabled: boolean }) {
	const w = words.value.chat;
	const full = mentions.length >= MOST_MENTIONS;
	const items = everything(meeting)
		.filter(({ id }) => !mentions.some((one) => one.item === id))
		.map(
			({ id, name }): MenuItem => ({
				id,
				label: name,
				icon: "file",
				disabled: full || disabled,
				...(full && { reason: w.mostMentions }),
				onChoose: () => onChange([...mentions, { item: id, name }]),
			}),
		);
	const none: MenuItem = {
		id: "none",
		label: w.nothingShared,
		icon: "content",
		disabled: true,
		onChoose: () => undefined,
	};
	return (
		<Menu
			label={w.mention}
			kind="menu"
			items={items.length > 0 ? items : [none]}
			class="button button-quiet button-small"
		>
			<Icon name="file" size="small" />
			{w.mention}
		</Menu>
	);
}
