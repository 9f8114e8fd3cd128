/** What the page and the worker that seals and opens frames say to each other. */
import type { Kind } from "./clear_bytes";
import type { Dropped, SenderKey } from "./frame_keys";

/** Which sender or receiver a transform belongs to. Fixed when it is made, by the page alone. */
export type Track =
	| { readonly side: "send"; readonly kind: Kind; readonly stream: number }
	| {
			readonly side: "receive";
			readonly kind: Kind;
			/** Number of the receiver. What it carries is said by `bind`, and may become another. */
			readonly receiver: number;
	  };

/** Only keys of this participant, for this stream, open what arrives. */
export interface Bound {
	readonly participant: string;
	readonly stream: number;
}

export type ToWorker =
	/** Seal with this from now on. */
	| { readonly type: "use"; readonly key: SenderKey }
	/** No key any more: nothing is sent. */
	| { readonly type: "stop" }
	| { readonly type: "add"; readonly participant: string; readonly key: SenderKey }
	| { readonly type: "forget"; readonly participant: string }
	/** From now on that receiver carries this. */
	| ({ readonly type: "bind"; readonly receiver: number } & Bound);

/** Frames since the worker began. */
export interface Counts {
	readonly opened: number;
	readonly dropped: Readonly<Partial<Record<Dropped, number>>>;
	/** What comes is not sealed with their newest key, though it should be by now. */
	readonly behind: boolean;
}

export interface FromWorker {
	readonly type: "counts";
	readonly sealed: number;
	/** Not sent, because there was no key or the codec does not pass. */
	readonly held: number;
	/** By participant. */
	readonly received: Readonly<Record<string, Counts>>;
}
