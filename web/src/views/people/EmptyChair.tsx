/**
 * Alone in the room: the place of the next person, kept free beside one's own, with the way to call
 * somebody. When they come they sit down exactly here, and nothing moves.
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { isHost } from "../../state/room";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { Icon } from "../../ui/Icon";
import { place, type Rect } from "../../ui/place";
import { roomLink } from "../invite/link";

interface EmptyChairProps {
	readonly rect: Rect | null;
	readonly meeting: Meeting;
}

export function EmptyChair({ rect, meeting }: EmptyChairProps) {
	const w = words.value.people;
	const chair = useRef<HTMLDivElement>(null);
	const [copied, setCopied] = useState(false);
	useLayoutEffect(() => {
		if (chair.current && rect) place(chair.current, rect);
	}, [rect]);
	const copy = async () => setCopied(await copyText(roomLink()));
	return (
		<div ref={chair} class="chair">
			<div class="chair-words">
				<Icon name="armchair" size="large" />
				<p class="chair-title">{w.alone}</p>
				<p class="chair-how">{howToCall(meeting)}</p>
				<Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>
					{copied ? w.copied : w.copyLink}
				</Button>
			</div>
		</div>
	);
}

function howToCall(meeting: Meeting): string {
	const { invite } = words.value.hosting;
	if (!meeting.room.locked) return words.value.people.aloneHow;
	return isHost(meeting) ? invite.alone : invite.aloneGuest;
}
