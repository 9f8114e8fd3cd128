/** The door on the room page: what an account watches and what the seat in the meeting hears, as one. */
import { signal } from "@preact/signals";
import type { Answer } from "../connection/line";
import { openDoor } from "../door/door";
import type { Command, Event } from "../protocol/generated";
import type { Meeting } from "../state/model";
import { isHost, ownself } from "../state/room";
import type { Actions, PageState } from "./actions";
import type { Store } from "./store";

export interface AtDoor {
	readonly state: Pick<PageState, "atDoor">;
	readonly actions: Pick<Actions, "placeDoor" | "showDoor">;
	/** After the store heard the event. */
	heard(event: Event): void;
	/** Out of the meeting. */
	left(): void;
}

/** `account`: name of who is signed in, or empty. */
export function makeAtDoor(
	store: Store,
	account: string,
	request: (command: Command) => Promise<Answer | null>,
): AtDoor {
	const atDoor = signal(0);
	const door = openDoor({
		account: account || null,
		seat: {
			request,
			you: () => named(store.meeting()),
			here: () => store.meeting()?.room.name ?? "",
		},
		onWaiting(count) {
			atDoor.value = count;
		},
	});
	return {
		state: { atDoor },
		actions: { placeDoor: door.place, showDoor: door.open },
		heard(event) {
			door.heard(event);
			const meeting = store.meeting();
			// The role was handed back, or was not there any more after coming back.
			if (meeting && !isHost(meeting)) door.seatEnded();
		},
		left: door.seatEnded,
	};
}

function named(meeting: Meeting | null): string {
	return (meeting && ownself(meeting)?.name) ?? "";
}
