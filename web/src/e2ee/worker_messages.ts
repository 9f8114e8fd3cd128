/** What the page and the worker that seals and opens frames say to each other. */
import type { Kind } from "./clear_bytes";
import type { Dropped, SenderKey } from "./frame_keys";

/** Which sender or receiver a transform belongs to. Fixed when it is made, by the page alone. */
export type Track =
	| { readonly side: "send"; readonly kind: Kind; readonly stream: number }
	| {
			readonly side: "receive";
			readonly kind: Kind;
			readonly stream: number;
			/** Only keys of this participant open what arrives here. */
			readonly participant: string;
	  };

export type ToWorker =
	/** Seal with this from now on. */
	| { readonly type: "use"; readonly key: SenderKey }
	/** No key any more: nothing is sent. */
	| { readonly type: "stop" }
	| { readonly type: "add"; readonly participant: string; readonly key: SenderKey }
	| { readonly type: "forget"; readonly participant: string };

/** Frames since the worker began. */
export interface Counts {
	readonly opened: number;
	readonly dropped: Readonly<Partial<Record<Dropped, number>>>;
}

export interface FromWorker {
	readonly type: "counts";
	readonly sealed: number;
	/** Not sent, because there was no key or the codec does not pass. */
	readonly held: number;
	/** By participant. */
	readonly received: Readonly<Record<string, Counts>>;
}
