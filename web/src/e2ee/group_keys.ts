/**
 * Who holds which keys of a meeting. One small interface, so that MLS (RFC 9420) can take over from sender
 * keys wrapped for each member (sender_keys.ts) when a library is ready.
 */
import type { SenderKey } from "./frame_keys";
import type { Entry, Refused } from "./roster";

/** What members tell each other through the server, which passes it on and can read none of it. */
export interface WrappedKey {
	readonly to: string;
	readonly wrapped: string;
	readonly signature: string;
}

export type KeyCommand =
	| {
			readonly type: "WrapKeys";
			readonly epoch: number;
			readonly rosterHash: string;
			readonly keys: readonly WrappedKey[];
	  }
	| {
			readonly type: "AcknowledgeKey";
			readonly to: string;
			readonly epoch: number;
			readonly proof: string;
	  }
	| { readonly type: "KeyPlease"; readonly to: string };

/** The same as they arrive. `sender`: filled in by the server, and not to be believed without a proof. */
export type KeyEvent =
	| {
			readonly type: "KeysWrapped";
			readonly sender: string;
			readonly epoch: number;
			readonly rosterHash: string;
			readonly wrapped: string;
			readonly signature: string;
	  }
	| {
			readonly type: "KeyAcknowledged";
			readonly sender: string;
			readonly epoch: number;
			readonly proof: string;
	  }
	| { readonly type: "KeyAsked"; readonly sender: string };

/** Somebody whose keys are really in use. */
export interface KeyHolder {
	readonly participant: string;
	/** base64url. */
	readonly signKey: string;
	/** Key of the device that vouches for them, base64url; null: none does. */
	readonly device: string | null;
	readonly you: boolean;
	/** They proved that they have the key that we send with, or one that we will in a moment. */
	readonly hears: boolean;
	/** Their key is here, and meant for the same people that we know of. */
	readonly heard: boolean;
}

export interface GroupKeysOptions {
	send(command: KeyCommand): void;
	/** Everything that is sent from now on is sealed with this. */
	use(key: SenderKey): void;
	/** What this participant sends may be sealed with this. */
	add(participant: string, key: SenderKey): void;
	/** They are not in the meeting, or not with these keys: nothing of theirs is opened any more. */
	forget(participant: string): void;
	/** People or keys changed. */
	changed(): void;
	/** A bug, or a browser that fails: never something that others sent. */
	failed(error: unknown): void;
}

export interface GroupKeys {
	/** What the server says of oneself, to be announced to all. */
	entry(): Promise<Omit<Entry, "leaf" | "participant">>;
	/**
	 * Everybody with keys whom the server announces, whenever that changes. `expected`: whose media lives, and
	 * who are on their way back to a server that was restarted: the key that they know stays in use for them.
	 * Resolves when all that follows at once was done.
	 */
	announce(entries: readonly Entry[], expected: readonly string[]): Promise<void>;
	hear(event: KeyEvent): Promise<void>;
	/** After coming back to the server: what is missing is asked for without waiting. */
	comeBack(): Promise<void>;
	/** Those in the keys, oneself included. */
	holders(): readonly KeyHolder[];
	/** What the server announced and is not true. */
	refused(): readonly Refused[];
	/** What is sent is sealed with a key of this meeting that was made for the people there are. */
	isCurrent(): boolean;
	/** 30 digits in groups of five; null while oneself is not in the keys. */
	safetyCode(): Promise<string | null>;
	/** Epoch to begin with in the next meeting, so that no name of a key comes twice. */
	nextEpoch(): number;
	close(): void;
}
