/** What the address says while one is in: the name of the room as it is now, and no key to it. */
import type { Meeting } from "../state/model";
import { keyIn } from "./door_memory";

/** The name that counts from now on. */
export function showRoomName(shown: string, meeting: Meeting | null): string {
	const name = meeting?.room.name ?? shown;
	if (name === shown) return shown;
	// What the query and the fragment say was about this visit, under either name.
	history.replaceState(
		history.state,
		"",
		`/${encodeURIComponent(name)}${location.search}${location.hash}`,
	);
	return name;
}

/** A used key has nothing more to do in the address, where it is read by whoever sees the screen. */
export function hideKey(): void {
	if (keyIn(location.hash) === null) return;
	history.replaceState(history.state, "", location.pathname + location.search);
}
