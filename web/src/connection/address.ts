/** Where the server listens, from the address of the page, and whether it is there. */

export function signalingUrl(location: Pick<Location, "protocol" | "host">): string {
	return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`;
}

const ANSWER_WITHIN_MS = 4_000;

/** A proxy whose server is gone answers too, with a status of 500 and more. */
export async function serverAnswers(): Promise<boolean> {
	try {
		const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
		return (await fetch("/healthz", { cache: "no-store", signal })).status < 500;
	} catch {
		return false;
	}
}
