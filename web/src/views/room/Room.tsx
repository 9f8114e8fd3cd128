/** The room: people, what is shared and the chat, with one bar. */
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Connection, Meeting } from "../../state/model";
import { useMedia } from "../../ui/hooks";
import { Chat } from "../chat/Chat";
import { Content } from "../content/Content";
import { isPresented } from "../content/presented";
import { Sharing } from "../content/Sharing";
import { screensOf } from "../content/screens";
import { People } from "../people/People";
import { Sounds } from "../people/Sounds";
import { AtDoor } from "./AtDoor";
import { Controls } from "./Controls";
import { Dialogs } from "./Dialogs";
import { useFollowScreens } from "./followScreens";
import { InviteButton, RoomName, Tools } from "./Head";
import { NoteList } from "./NoteList";
import { Notices } from "./Notices";
import { useNews } from "./news";
import { PanelButtons } from "./PanelButtons";
import { panelsShown } from "./panels";
import { usePin } from "./pin";
import { Splitter } from "./Splitter";
import { SupportBanner } from "./SupportBanner";
import { useShortcuts } from "./shortcuts";
import { useSwipe } from "./swipe";
import { compactQuery, leaveUi, tab } from "./ui";
import "./room.css";
import "./bar.css";

interface RoomProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly connection: Connection;
}

export function Room({ page, meeting, connection }: RoomProps) {
	const compact = useMedia(compactQuery);
	const upright = useMedia("(orientation: portrait)");
	const stage = useRef<HTMLElement>(null);
	const screens = screensOf(meeting, page.state.remote.value);
	const pin = usePin(page, meeting);
	const showing = screens.length > 0 || isPresented(meeting);
	const shown = panelsShown({
		compact,
		upright,
		tab: tab.value,
		preferences: page.state.preferences.value,
		sharing: showing,
		reading: isPresented(meeting),
		pinned: pin?.slot === "camera",
	});
	useNews(page, meeting);
	useFollowScreens(page, screens.length + (meeting.presentation ? 1 : 0), compact);
	useShortcuts(page, meeting, compact);
	useSwipe(stage, compact);
	useEffect(() => () => leaveUi(page), [page]);
	// What was pressed to come in is gone: go on in the room.
	useEffect(() => stage.current?.focus({ preventScroll: true }), []);
	const panelButtons = (
		<PanelButtons page={page} meeting={meeting} compact={compact} sharing={showing} />
	);
	const nothing = !shown.people && !shown.content && !shown.chat;
	return (
		<div class="room" data-compact={compact}>
			<a class="skip-link" href="#stage">
				{words.value.skipToRoom}
			</a>
			{compact && (
				<header class="room-head">
					<RoomName page={page} meeting={meeting} />
					<Tools page={page} meeting={meeting} compact />
					{panelButtons}
				</header>
			)}
			<main ref={stage} id="stage" class="stage" tabIndex={-1}>
				<div class="stage-main" hidden={!shown.people && !shown.content && !nothing}>
					<People page={page} meeting={meeting} mode={shown.mode} visible={shown.people} />
					<Content
						page={page}
						meeting={meeting}
						screens={screens}
						visible={shown.content}
						slim={shown.slim}
					/>
					{nothing && <p class="stage-nothing">{words.value.room.allClosed}</p>}
				</div>
				{!compact && shown.chat && (shown.people || shown.content) && (
					<Splitter page={page} stage={stage} />
				)}
				<div class="stage-chat" hidden={!shown.chat}>
					<Chat page={page} meeting={meeting} visible={shown.chat} />
				</div>
			</main>
			<div class="room-notices">
				<SupportBanner meeting={meeting} />
				<Notices page={page} connection={connection} />
				<NoteList page={page} />
				<Sounds page={page} />
			</div>
			<AtDoor page={page} />
			<footer class="bar">
				{!compact && (
					<div class="bar-side">
						<RoomName page={page} meeting={meeting} />
						<InviteButton labelled />
					</div>
				)}
				<Controls page={page} meeting={meeting} />
				{!compact && (
					<div class="bar-side bar-end">
						{panelButtons}
						<Tools page={page} meeting={meeting} compact={false} />
					</div>
				)}
			</footer>
			<Sharing page={page} meeting={meeting} compact={compact} />
			<Dialogs page={page} meeting={meeting} />
		</div>
	);
}
