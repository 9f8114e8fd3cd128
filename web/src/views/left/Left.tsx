/** After leaving: what now. */
import { useEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { type Words, words } from "../../i18n";
import type { Leftovers } from "../../state/leftovers";
import type { WhyLeft } from "../../state/model";
import { Button } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import { Late } from "../content/Late";
import { whereOf } from "../title";
import "./left.css";

interface LeftProps {
	readonly page: RoomPage;
	readonly why: WhyLeft;
	readonly leftovers: Leftovers | undefined;
}

const loadKept = () => import("./Kept").then((file) => file.Kept);

export function Left({ page, why, leftovers }: LeftProps) {
	const w = words.value.left;
	const heading = useRef<HTMLHeadingElement>(null);
	// What had the focus is gone with the room: go on where the words are.
	useEffect(() => heading.current?.focus(), []);
	const { title, how } = saidOf(why, w);
	const { reset } = page.state.waysOn;
	return (
		<main class="left">
			<div class="left-card">
				<Mark />
				<p class="left-room" title={page.state.roomName}>
					{whereOf(page.state, words.value)}
				</p>
				<h1 ref={heading} tabIndex={-1}>
					{title}
				</h1>
				<p class="left-how">{how}</p>
				{leftovers && reset && <Late load={loadKept} props={{ leftovers, reset }} />}
				<div class="left-ways">
					{why !== "deleted" && (
						<Button kind="primary" size="large" onClick={page.actions.returnToHall}>
							{mayKnock(why) ? w.toDoor : w.again}
						</Button>
					)}
					<a class="button button-large" href="/">
						{w.start}
					</a>
				</div>
			</div>
		</main>
	);
}

/** Whoever did not go by themselves may find the door closed. */
function mayKnock(why: WhyLeft): boolean {
	return why !== "left" && why !== "came back elsewhere";
}

function saidOf(why: WhyLeft, w: Words["left"]): { readonly title: string; readonly how: string } {
	switch (why) {
		case "left":
			return { title: w.title, how: w.how };
		case "came back elsewhere":
			return { title: w.elsewhere, how: w.elsewhereHow };
		case "knocking elsewhere":
			return { title: w.elsewhereKnocking, how: w.elsewhereKnockingHow };
		case "removed":
			return { title: w.removed, how: w.removedHow };
		case "sent to lobby":
			return { title: w.lobby, how: w.lobbyHow };
		case "ended":
			return { title: w.ended, how: w.endedHow };
		case "ended by you":
			return { title: w.endedByYou, how: w.endedHow };
		case "deleted":
			return { title: w.deleted, how: w.deletedHow };
		case "access ended":
			return { title: w.accessEnded, how: w.accessEndedHow };
	}
}
