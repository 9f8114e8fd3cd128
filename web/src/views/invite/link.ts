/** The lasting address of this room, without anything that was added to it for this visit. */
export function roomLink(): string {
	return location.origin + location.pathname;
}

/** A loopback address (RFC 6761, RFC 5735) means another machine to everybody else. */
export function opensHereOnly(hostname: string): boolean {
	return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
