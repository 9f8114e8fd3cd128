/** What one tab remembers while it goes from page to page. Storage can be forbidden: then nothing. */

export function recall(key: string): string | null {
	try {
		return sessionStorage.getItem(key);
	} catch {
		return null;
	}
}

export function remember(key: string, value: string): void {
	try {
		sessionStorage.setItem(key, value);
	} catch {
		// As when it is forbidden to read.
	}
}

/** Whether soft sounds are on: a preference of the room page, on where nothing was chosen. */
export function soundsOn(): boolean {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem("meetd.preferences") ?? "{}");
		return !(
			typeof kept === "object" &&
			kept !== null &&
			"sounds" in kept &&
			kept.sounds === false
		);
	} catch {
		return true;
	}
}
