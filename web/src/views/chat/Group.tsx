/** What one person said in a row, and the lines between. */

import { words } from "../../i18n";
import { clockTime, dayName, fullTime } from "../../i18n/times";
import { memo } from "../../ui/memo";
import { initialsOf, tintOf } from "../../ui/names";
import type { Item } from "./items";
import { RichText } from "./RichText";

type GroupItem = Extract<Item, { kind: "group" }>;

interface GroupProps {
	readonly group: GroupItem;
	readonly own: boolean;
}

export const Group = memo(
	function Group({ group, own }: GroupProps) {
		const name = own ? words.value.you(group.name) : group.name;
		return (
			<article class={`said${own ? " said-own" : ""}`}>
				<div class={`said-initials tint-${tintOf(group.name)}`} aria-hidden="true">
					{initialsOf(group.name)}
				</div>
				<div class="said-words">
					<p class="said-head">
						<span class="said-name">{name}</span>
						<time dateTime={new Date(group.at).toISOString()} title={fullTime(group.at)}>
							{clockTime(group.at)}
						</time>
					</p>
					{group.messages.map((message) => (
						<p key={message.number} class="said-text" title={clockTime(message.at)}>
							<RichText text={message.text} />
						</p>
					))}
				</div>
			</article>
		);
	},
	// Groups are made anew with every message; only the one that grew has to be drawn again.
	(old, next) =>
		old.own === next.own &&
		old.group.name === next.group.name &&
		old.group.messages.length === next.group.messages.length &&
		old.group.messages.every((message, index) => message === next.group.messages[index]),
);

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
