/** The lasting address of this room, without anything that was added to it for this visit. */
export function roomLink(): string {
	return location.origin + location.pathname;
}
