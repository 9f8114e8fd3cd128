/** Where the server listens, from the address of the page. */

export function signalingUrl(location: Pick<Location, "protocol" | "host">): string {
	return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`;
}
