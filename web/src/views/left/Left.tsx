/** After leaving: what now. */
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { Button } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import { shortRoomName } from "../../ui/names";
import "./left.css";

interface LeftProps {
	readonly page: RoomPage;
	readonly why: "left" | "came back elsewhere";
}

export function Left({ page, why }: LeftProps) {
	const w = words.value.left;
	const heading = useRef<HTMLHeadingElement>(null);
	// What had the focus is gone with the room: go on where the words are.
	useEffect(() => heading.current?.focus(), []);
	const elsewhere = why === "came back elsewhere";
	return (
		<main class="left">
			<div class="left-card">
				<Mark />
				<p class="left-room" title={page.state.roomName}>
					{shortRoomName(page.state.roomName)}
				</p>
				<h1 ref={heading} tabIndex={-1}>
					{elsewhere ? w.elsewhere : w.title}
				</h1>
				<p class="left-how">{elsewhere ? w.elsewhereHow : w.how}</p>
				<div class="left-ways">
					<Button kind="primary" size="large" onClick={page.actions.returnToHall}>
						{w.again}
					</Button>
					<a class="button button-large" href="/">
						{w.start}
					</a>
				</div>
			</div>
		</main>
	);
}
