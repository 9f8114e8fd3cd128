/** What the tab is called: what waits for the person there, and where it is. */
import type { PageState } from "../actions/actions";
import type { Words } from "../i18n";
import type { KnockState } from "../state/door";
import { shortRoomName } from "../ui/names";
import { unreadCount } from "./chat/unread";

type Titled = Pick<PageState, "kind" | "roomName" | "stage" | "atDoor">;

export function titleOf(state: Titled, w: Words): string {
	const first = whatWaits(state, w);
	return `${first}${whereOf(state, w)} · meetd`;
}

/** The room, or whose reception it is. */
export function whereOf(state: Titled, w: Words): string {
	if (state.kind === "reception") return w.lobby.reception(state.roomName);
	const stage = state.stage.value;
	return shortRoomName(stage.name === "in" ? stage.meeting.room.name : state.roomName);
}

function whatWaits({ atDoor, stage: { value: stage } }: Titled, w: Words): string {
	const people = atDoor.value;
	switch (stage.name) {
		case "in":
			return counted(people + unreadCount(stage.meeting));
		case "lobby":
			return `${knockTitle(stage.knock?.state ?? "waiting", w)} · `;
		case "joining":
			return stage.from === "lobby" ? `${w.lobby.states.admitted} · ` : "";
		default:
			return counted(people);
	}
}

function counted(count: number): string {
	return count > 0 ? `(${count}) ` : "";
}

function knockTitle(state: KnockState["state"], w: Words): string {
	return state === "asked to wait" ? w.lobby.states.waiting : w.lobby.states[state];
}
