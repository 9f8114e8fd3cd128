/** Before the door: the hall, the lobby, and what the server says about both. */
import type { DoorSeen, KnockSeen, Refusal } from "../protocol/generated";
import type { Stage } from "./model";

/** How the door stands for this person, as the server last said. */
export type Door = Omit<DoorSeen, "type" | "ref">;

/** How one's own knock stands. */
export interface KnockState extends Pick<KnockSeen, "state" | "ahead" | "hostPresent" | "told"> {
	/** Since when one waits, by the own clock, in milliseconds since the Unix epoch. */
	readonly since: number;
}

export type DoorHappening =
	| { readonly type: "DoorSeen"; readonly event: DoorSeen }
	/** No connection to the door; the page keeps trying. */
	| { readonly type: "DoorLost"; readonly unreachable: boolean }
	| { readonly type: "KnockStarted" }
	/** `now`: own clock. */
	| { readonly type: "KnockSeen"; readonly event: KnockSeen; readonly now: number }
	/** The knock, or looking at the door at all. */
	| { readonly type: "KnockRefused"; readonly refusal: Refusal }
	/** The server does not know of it any more. */
	| { readonly type: "KnockForgotten" }
	| { readonly type: "KnockTakenOver" }
	/** The page joins by itself once the devices are ready. */
	| { readonly type: "Arriving"; readonly how: "let in" | "coming back" };

export const HALL = {
	name: "hall",
	door: null,
	refusal: null,
	unreachable: false,
	arriving: null,
} as const satisfies Stage;

const LOBBY = {
	name: "lobby",
	door: null,
	knock: null,
	online: true,
	sentBack: false,
	refusal: null,
} as const satisfies Stage;

/** A host sent one back from the room, and one knocks already. */
export function enterLobby(event: KnockSeen, now: number): Stage {
	return seeKnock({ ...LOBBY, sentBack: true }, event, now);
}

export function applyAtDoor(stage: Stage, happening: DoorHappening): Stage {
	if (stage.name !== "hall" && stage.name !== "lobby") return stage;
	switch (happening.type) {
		case "DoorSeen":
			return seeDoor(stage, happening.event);
		case "DoorLost":
			return stage.name === "lobby"
				? { ...stage, online: false }
				: { ...stage, unreachable: stage.unreachable || happening.unreachable };
		case "KnockStarted":
			return stage.name === "lobby" ? { ...stage, refusal: null } : { ...LOBBY, door: stage.door };
		case "KnockSeen":
			return seeKnock(stage, happening.event, happening.now);
		case "KnockRefused":
			return refuse(stage, happening.refusal);
		case "KnockForgotten":
			return forgetKnock(stage);
		case "KnockTakenOver":
			return { name: "left", why: "knocking elsewhere" };
		case "Arriving":
			return stage.name === "hall" ? { ...stage, arriving: happening.how } : stage;
	}
}

type BeforeDoor = Extract<Stage, { readonly name: "hall" | "lobby" }>;

function seeDoor(stage: BeforeDoor, event: DoorSeen): Stage {
	const { type: _type, ref: _ref, ...door } = event;
	return stage.name === "hall"
		? { ...stage, door, unreachable: false }
		: { ...stage, door, online: true };
}

function seeKnock(stage: BeforeDoor, event: KnockSeen, now: number): Stage {
	const { state, ahead, hostPresent, told } = event;
	if (state === "admitted") {
		// Whoever waits goes in. Whoever just opened the page sees first what the others will see.
		return stage.name === "lobby"
			? { name: "joining", door: stage.door, from: "lobby" }
			: { ...stage, arriving: "let in" };
	}
	// Nothing is waiting for an answer, and nothing was asked on this page.
	if (stage.name === "hall" && state === "lapsed") return stage;
	const since = event.knockedAt - (event.now - now);
	return {
		...(stage.name === "lobby" ? stage : LOBBY),
		door: stage.door,
		knock: { state, ahead, hostPresent, told, since },
		online: true,
	};
}

function refuse(stage: BeforeDoor, refusal: Refusal): Stage {
	if (refusal.code === "NoSuchRoom") return { name: "left", why: "deleted" };
	// Other keys knock anew.
	const waits = stage.name === "lobby" && stage.knock !== null && refusal.code !== "OtherKeys";
	if (waits) return { ...stage, refusal };
	return { ...HALL, door: stage.door, refusal };
}

function forgetKnock(stage: BeforeDoor): Stage {
	if (stage.name === "hall") return stage;
	if (stage.knock === null) return { ...HALL, door: stage.door };
	return { ...stage, knock: { ...stage.knock, state: "lapsed" } };
}
