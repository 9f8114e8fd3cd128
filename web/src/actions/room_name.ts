/** A room that is renamed while people are in it: the address, and with it every link, follows. */
import type { Meeting } from "../state/model";

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
