/** Everything that changes what the page knows: what the server said and what the person did. */
import type { Addressee, Event, KnockSeen, Mention, Refusal } from "../protocol/generated";
import type { DoorHappening } from "./door";
import type { WhyLeft } from "./model";

export type Happening =
	| DoorHappening
	| { readonly type: "JoinStarted" }
	/** The first try to join got no answer. */
	| { readonly type: "JoinUnanswered" }
	/** Joining, or coming back, was refused for good. */
	| { readonly type: "JoinRefused"; readonly refusal: Refusal }
	| { readonly type: "ConnectionLost"; readonly attempt: number }
	| { readonly type: "MeetingLeft"; readonly why: WhyLeft }
	| { readonly type: "HallEntered" }
	/** A host sent one back, to knock. */
	| { readonly type: "LobbyEntered"; readonly event: KnockSeen; readonly now: number }
	| {
			readonly type: "EventHeard";
			readonly event: Event;
			/** Own clock, milliseconds since the Unix epoch. */
			readonly now: number;
			/** Participants whose direct connection lives. */
			readonly alive: readonly string[];
	  }
	/** The time in which a participant who was missing after a restart could come back is over. */
	| { readonly type: "MissingGivenUp"; readonly participants: readonly string[] }
	| {
			readonly type: "MessageSaid";
			readonly clientId: string;
			readonly text: string;
			readonly replyTo: number | null;
			readonly to: Addressee | null;
			readonly mentions: readonly Mention[];
			readonly now: number;
	  }
	| { readonly type: "MessageSaidAgain"; readonly clientId: string }
	| { readonly type: "MessageAcknowledged"; readonly clientId: string }
	| { readonly type: "MessageRefused"; readonly clientId: string; readonly refusal: Refusal }
	| { readonly type: "MessageThrownAway"; readonly clientId: string }
	| { readonly type: "EarlierAsked" }
	/** No answer, or a refusal. */
	| { readonly type: "EarlierNotGiven" }
	| { readonly type: "MessagesRead"; readonly number: number }
	/** The last one that was on screen when one was here before. */
	| { readonly type: "MessagesReadBefore"; readonly number: number };
