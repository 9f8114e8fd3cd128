/** Rooms that the account may send somebody to from its reception: its own, and those it hosts. */

const ADDRESS = "/account/rooms/names";

/** None where the server does not answer: a name can be written all the same. */
export async function usableRooms(): Promise<readonly string[]> {
	try {
		const response = await fetch(ADDRESS, { redirect: "error" });
		return response.ok ? namesIn(await response.json()) : [];
	} catch {
		return [];
	}
}

export function namesIn(answer: unknown): readonly string[] {
	const rooms: unknown = answer instanceof Object && "rooms" in answer ? answer.rooms : null;
	return Array.isArray(rooms) ? rooms.filter((name) => typeof name === "string") : [];
}
