/** A path on this server, and nothing else, whatever was sent. */
export function ownPath(path: string | undefined): string | null {
	return path && /^\/(?![/\\])/.test(path) ? path : null;
}
