/**
 * Everything the page knows, as plain values. `apply` (beside this file) changes it by events and
 * never touches the DOM, sockets or time.
 */
import type {
	Addressee,
	Board,
	ContentItem,
	Limits,
	Mention,
	Message,
	Participant,
	PathChanged,
	Presentation,
	Refusal,
	Room,
} from "../protocol/generated";
import type { Door, KnockState } from "./door";
import type { Leftovers } from "./leftovers";

/** How the path to one participant is doing, as the server last said. */
export type Path = Required<Pick<PathChanged, "path" | "state" | "why">>;

/** A message of one's own that the server has not yet said Done to. */
export interface PendingMessage {
	readonly clientId: string;
	readonly text: string;
	/** Number of the message that it answers. */
	readonly replyTo: number | null;
	/** Null: to everybody. */
	readonly to: Addressee | null;
	readonly mentions: readonly Mention[];
	readonly at: number;
	/** Why it was refused; null while it is on its way. It stays until sent again or thrown away. */
	readonly refusal: Refusal | null;
}

export interface Chat {
	/** Oldest first, without gaps. */
	readonly messages: readonly Message[];
	/** There are earlier messages on the server. */
	readonly earlier: boolean;
	readonly loadingEarlier: boolean;
	readonly pending: readonly PendingMessage[];
	/** Number of the last message that was on screen; what is above it is unread. */
	readonly readUpTo: number;
}

/** What the page knows while it is in a meeting. */
export interface Meeting {
	readonly seq: number;
	readonly meeting: string;
	/** When the meeting began, by the server's clock, also where the server restarted since. */
	readonly since: number;
	readonly you: string;
	readonly room: Room;
	/** In the order of joining, oneself included. */
	readonly participants: readonly Participant[];
	/**
	 * Participants of the meeting before the server restarted, who have not come back yet. Their media
	 * goes on; views show them like the others, as away.
	 */
	readonly missing: readonly Participant[];
	readonly chat: Chat;
	/** Oldest first. */
	readonly content: readonly ContentItem[];
	/** Whiteboards, oldest first. */
	readonly boards: readonly Board[];
	/** What is open for everybody. */
	readonly presentation: Presentation | null;
	/** Sends and fetches files. */
	readonly contentKey: string;
	/** By participant id. */
	readonly paths: Readonly<Record<string, Path>>;
	readonly limits: Limits;
	readonly mediaPort: number;
	/** Every path goes through the relay: nobody learns another's address. */
	readonly relayedOnly: boolean;
	/** Server clock minus own clock, in milliseconds. */
	readonly clockOffset: number;
}

export type Stage =
	/** Before joining. `refusal`: why the last try to join, or to knock, ended. */
	| {
			readonly name: "hall";
			/** Null until the server has said it. */
			readonly door: Door | null;
			readonly refusal: Refusal | null;
			readonly unreachable: boolean;
			/** Why the page joins by itself once the devices are ready. */
			readonly arriving: "let in" | "coming back" | null;
	  }
	/** Knocking. */
	| {
			readonly name: "lobby";
			readonly door: Door | null;
			/** Null until the server has the knock. */
			readonly knock: KnockState | null;
			readonly online: boolean;
			/** By a host, from the room. */
			readonly sentBack: boolean;
			/** Why a change of the knock was not taken. */
			readonly refusal: Refusal | null;
	  }
	| { readonly name: "joining"; readonly door: Door | null; readonly from: "hall" | "lobby" }
	| { readonly name: "in"; readonly meeting: Meeting; readonly connection: Connection }
	/** `leftovers`: what is one's own to keep or to clear. */
	| { readonly name: "left"; readonly why: WhyLeft; readonly leftovers?: Leftovers | undefined };

/** Why one is not in the room any more. */
export type WhyLeft =
	| "left"
	| "came back elsewhere"
	| "knocking elsewhere"
	| "removed"
	| "sent to lobby"
	| "ended"
	/** By oneself, for everybody. */
	| "ended by you"
	/** The room: nothing leads there any more. */
	| "deleted"
	| "access ended";

export type Connection =
	| { readonly name: "online" }
	/** Lost; trying again. `attempt` counts from 1. Direct media goes on meanwhile. */
	| { readonly name: "coming back"; readonly attempt: number };
