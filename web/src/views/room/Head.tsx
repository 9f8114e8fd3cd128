/** Where one is, who came and went, and what one needs now and then. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { Button, IconButton } from "../../ui/Button";
import { shortRoomName } from "../../ui/names";
import { everybody } from "../people/everybody";
import { news, openDialog } from "./ui";

interface HeadProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
}

/** The line below the name tells what happened, so that nothing has to cover a face. */
export function RoomName({ page, meeting }: HeadProps) {
	const w = words.value.room;
	return (
		<div class="room-name">
			<h1 class="room-title" title={page.state.roomName}>
				{shortRoomName(page.state.roomName)}
			</h1>
			<p class="room-status">
				<output class={news.value ? "room-news" : "visually-hidden"}>{news.value}</output>
				{!news.value && w.people(everybody(meeting).length)}
			</p>
		</div>
	);
}

export function Tools({ page, compact }: { readonly page: RoomPage; readonly compact: boolean }) {
	const w = words.value;
	const { layout } = page.state.preferences.value;
	return (
		<div class="tools">
			{!compact && (
				<IconButton
					label={layout === "grid" ? w.people.toSpeaker : w.people.toGrid}
					icon="layout"
					hint="L"
					onClick={() => page.actions.prefer({ layout: layout === "grid" ? "speaker" : "grid" })}
				/>
			)}
			{compact && <InviteButton labelled={false} />}
			<IconButton
				label={w.room.settings}
				icon="settings"
				hint=","
				onClick={() => {
					openDialog.value = "settings";
				}}
			/>
		</div>
	);
}

export function InviteButton({ labelled }: { readonly labelled: boolean }) {
	const label = words.value.room.invite;
	const open = () => {
		openDialog.value = "invite";
	};
	if (!labelled) return <IconButton label={label} icon="invite" hint="I" onClick={open} />;
	return (
		<Button icon="invite" class="invite-button" onClick={open}>
			<span>{label}</span>
		</Button>
	);
}
