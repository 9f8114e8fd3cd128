/** Opens and closes panels; on a small screen, goes from one to another. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { Icon, type IconName } from "../../ui/Icon";
import { unreadCount } from "../chat/unread";
import { contentIsNew, type Panel, tab } from "./ui";

interface PanelButtonsProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly compact: boolean;
	readonly sharing: boolean;
}

export function PanelButtons({ page, meeting, compact, sharing }: PanelButtonsProps) {
	const w = words.value;
	const unread = unreadCount(meeting);
	const button = (panel: Panel, label: string, icon: IconName, mark: Mark | null, keys: string) => (
		<button
			type="button"
			class="panel-button"
			aria-pressed={isShown(page, panel, compact)}
			title={compact ? undefined : `${label} (${keys})`}
			onClick={() => showPanel(page, panel, compact)}
		>
			<Icon name={icon} />
			<span class="panel-button-name">{label}</span>
			{mark && (
				<span class="panel-button-mark">
					<span aria-hidden="true">{mark.short}</span>
					<span class="visually-hidden">{mark.long}</span>
				</span>
			)}
		</button>
	);
	const contentMark = contentIsNew.value || (compact && sharing && tab.value !== "content");
	return (
		<nav class="panel-buttons" aria-label={w.room.panels}>
			{button("people", w.people.region, "people", null, "P")}
			{button(
				"content",
				w.content.tab,
				"content",
				contentMark ? { short: "•", long: w.chat.unread } : null,
				"O",
			)}
			{button(
				"chat",
				w.chat.region,
				"chat",
				unread > 0
					? { short: unread > 99 ? "99+" : String(unread), long: w.chat.unreadCount(unread) }
					: null,
				"C",
			)}
		</nav>
	);
}

interface Mark {
	readonly short: string;
	readonly long: string;
}

function isShown(page: RoomPage, panel: Panel, compact: boolean): boolean {
	return compact ? tab.value === panel : page.state.preferences.value.panels[panel];
}

export function showPanel(page: RoomPage, panel: Panel, compact: boolean): void {
	if (compact) {
		tab.value = panel;
		return;
	}
	const { panels } = page.state.preferences.value;
	page.actions.prefer({ panels: { ...panels, [panel]: !panels[panel] } });
}
