/** Where one is, who came and went, and what one needs now and then. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Room } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { isHost } from "../../state/room";
import { Button, IconButton } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import { shortRoomName } from "../../ui/names";
import { EncryptionMark } from "../encryption/Mark";
import { everybody } from "../people/everybody";
import { RoomMenu } from "./RoomMenu";
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
			<RoomMarks room={meeting.room} />
			<EncryptionMark page={page} meeting={meeting} />
		</div>
	);
}

/** What everybody should know about the room before they say or show something. */
function RoomMarks({ room }: { readonly room: Room }) {
	const w = words.value.hosting;
	if (!room.locked && !room.presenterMode) return null;
	return (
		<p class="room-marks">
			{room.locked && <RoomMark icon="lock" text={w.locked} />}
			{room.presenterMode && <RoomMark icon="presenter" text={w.presenterMode} />}
		</p>
	);
}

function RoomMark({ icon, text }: { readonly icon: IconName; readonly text: string }) {
	return (
		<span class="room-mark" title={text}>
			<Icon name={icon} size="small" />
			<span class="room-mark-text">{text}</span>
		</span>
	);
}

export function Tools({ page, meeting, compact }: HeadProps & { readonly compact: boolean }) {
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
			{isHost(meeting) && <RoomMenu page={page} meeting={meeting} />}
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
