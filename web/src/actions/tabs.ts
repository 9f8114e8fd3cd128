/** Whether another tab of this browser is in a room (W3C Web Locks). */

function lockOf(room: string): string {
	return `meetd.room.${room}`;
}

/**
 * Without locks, on plain http, nobody can tell: then it counts as true. `patienceMs`: a page that was
 * just reloaded may hold its lock for a moment.
 */
export async function isInAnotherTab(
	locks: LockManager | undefined,
	room: string,
	patienceMs: number,
): Promise<boolean> {
	if (!locks) return true;
	try {
		const options =
			patienceMs > 0 ? { signal: AbortSignal.timeout(patienceMs) } : { ifAvailable: true };
		return await locks.request(lockOf(room), options, (lock) => lock === null);
	} catch {
		return true;
	}
}

/** This tab is in the room until the function that is returned is called. */
export function beInRoom(locks: LockManager | undefined, room: string): () => void {
	let leave = () => {};
	const left = new Promise<void>((resolve) => {
		leave = resolve;
	});
	// Shared: two tabs may be in at once. It fails where the browser forbids storage, which changes nothing.
	locks?.request(lockOf(room), { mode: "shared" }, () => left).catch(() => undefined);
	return leave;
}
