/** What the server says to somebody before a door. */
import type { DoorSeen, KnockSeen } from "../../src/protocol/generated";

export function door(change: Partial<DoorSeen> = {}): DoorSeen {
	return {
		type: "DoorSeen",
		ref: 0,
		opens: "knock",
		hostPresent: true,
		greeting: "",
		picture: "",
		name: "",
		linkInvalid: false,
		...change,
	};
}

export const PLACE = "p".repeat(43);

export function knock(change: Partial<KnockSeen> = {}): KnockSeen {
	return {
		type: "KnockSeen",
		ref: 0,
		place: PLACE,
		state: "waiting",
		ahead: 0,
		knockedAt: 10_000,
		hostPresent: true,
		told: false,
		room: "garden",
		key: null,
		now: 10_000,
		...change,
	};
}
