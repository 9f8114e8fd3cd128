/** The one ICE server: the media port of the server that the page came from, and nobody else. */

/** `hostname` as in `location.hostname`; an IPv6 literal with or without its brackets (RFC 7064). */
export function iceServers(hostname: string, mediaPort: number): RTCIceServer[] {
	if (!Number.isInteger(mediaPort) || mediaPort < 1 || mediaPort > 65_535) return [];
	const bare = hostname.replace(/^\[|\]$/g, "");
	const host = bare.includes(":") ? `[${bare}]` : bare;
	return [{ urls: `stun:${host}:${mediaPort}` }];
}
