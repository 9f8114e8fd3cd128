/** What one person said in a row, and the lines between. */

import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { clockTime, dayName, fullTime } from "../../i18n/times";
import type { Meeting } from "../../state/model";
import { isHost, mayWrite, whyNoScreen } from "../../state/room";
import { memo } from "../../ui/memo";
import { initialsOf, tintOf } from "../../ui/names";
import type { Item } from "./items";
import { PrivateMark } from "./PrivateMark";
import { answered, Said } from "./Said";

type GroupItem = Extract<Item, { kind: "group" }>;

interface GroupProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly group: GroupItem;
	readonly own: boolean;
}

export const Group = memo(
	function Group({ page, meeting, group, own }: GroupProps) {
		const said = group.name || words.value.chat.somebody;
		const name = own ? words.value.you(said) : said;
		return (
			<article class={`said${own ? " said-own" : ""}${group.to ? " said-in-private" : ""}`}>
				<div class={`said-initials tint-${tintOf(group.name)}`} aria-hidden="true">
					{initialsOf(group.name)}
				</div>
				<div class="said-words">
					<p class="said-head">
						<span class="said-name">{name}</span>
						<time dateTime={new Date(group.at).toISOString()} title={fullTime(group.at)}>
							{clockTime(group.at)}
						</time>
						{group.to && <PrivateMark to={group.to} toYou={page.state.isYou(group.to.id)} />}
					</p>
					{group.messages.map((message) => (
						<Said key={message.number} page={page} meeting={meeting} message={message} />
					))}
				</div>
			</article>
		);
	},
	// Groups are made anew with every message; only the one that grew has to be drawn again, what answers a
	// message that changed, and all when somebody becomes a host, or others may write now.
	(old, next) =>
		old.own === next.own &&
		isHost(old.meeting) === isHost(next.meeting) &&
		mayWrite(old.meeting) === mayWrite(next.meeting) &&
		old.group.name === next.group.name &&
		(!next.group.to || old.meeting.participants === next.meeting.participants) &&
		(!next.group.messages.some((one) => one.mentions?.length) || sameContent(old, next)) &&
		old.group.messages.length === next.group.messages.length &&
		old.group.messages.every(
			(message, index) =>
				message === next.group.messages[index] &&
				answered(old.meeting, message) === answered(next.meeting, message),
		),
);

/** What mentions lead to. */
function sameContent({ meeting: old }: GroupProps, { meeting: next }: GroupProps): boolean {
	return (
		old.content === next.content &&
		old.boards === next.boards &&
		whyNoScreen(old) === whyNoScreen(next)
	);
}

export function DayLine({ at }: { readonly at: number }) {
	return (
		<p class="chat-line">
			<span>{dayName(at, Date.now())}</span>
		</p>
	);
}

export function Unread() {
	return (
		<p class="chat-line chat-line-unread">
			<span>{words.value.chat.unread}</span>
		</p>
	);
}
