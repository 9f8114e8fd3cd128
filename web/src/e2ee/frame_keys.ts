/** The frames of everybody: which key seals what is sent, and which ones open what arrives. */
import type { Clock } from "../core/clock";
import { type Bytes, concat, sameBytes } from "./bytes";
import { clearBytes, type Kind } from "./clear_bytes";
import { ReplayWindow } from "./replay";
import { decodeHeader, deriveFrameKey, type FrameKey, open, seal } from "./sframe";

/** A sender's key of one epoch. */
export interface SenderKey {
	/** 0 to 255. */
	readonly leaf: number;
	readonly epoch: number;
	/** 16 bytes. */
	readonly baseKey: Bytes;
}

/** Microphone, camera, screen, sound of the screen. */
const STREAMS = 4;
/** After the first frame with a newer key: what was sent before it is not on the way any longer. */
export const OLD_KEYS_MS = 10_000;

/** The stream in the bits above 16, then the leaf, then the epoch modulo 256. */
export function kidOf(stream: number, leaf: number, epoch: number): bigint {
	return BigInt((stream << 16) | (leaf << 8) | (epoch & 0xff));
}

async function deriveAll({ leaf, epoch, baseKey }: SenderKey): Promise<readonly FrameKey[]> {
	const streams = Array.from({ length: STREAMS }, (_, stream) => stream);
	return Promise.all(streams.map((stream) => deriveFrameKey(baseKey, kidOf(stream, leaf, epoch))));
}

/** Seals. Without a key nothing is. */
export class SendKeys {
	#streams: readonly { readonly key: FrameKey; next: bigint }[] = [];

	/** Whatever is sealed from now on is sealed with this key. */
	async use(key: SenderKey): Promise<void> {
		this.#streams = (await deriveAll(key)).map((one) => ({ key: one, next: 0n }));
	}

	forget(): void {
		this.#streams = [];
	}

	/** Null: there is no key, or this is not a frame. */
	async seal(stream: number, kind: Kind, frame: Bytes): Promise<Bytes | null> {
		const current = this.#streams[stream];
		const clear = clearBytes(kind, frame);
		if (current === undefined || clear === null) return null;
		// Taken before anything is awaited: every connection that this stream goes to shares the counter.
		const ctr = current.next;
		current.next += 1n;
		const metadata = frame.slice(0, clear);
		return concat(metadata, await seal(current.key, ctr, metadata, frame.slice(clear)));
	}
}

/** `late`: too far behind to know whether it was seen; `replayed`: it was. */
export type Dropped = "malformed" | "foreign" | "no key" | "late" | "replayed" | "forged";
/** `newest`: with the key that came last. */
export type Opened =
	| { readonly frame: Bytes; readonly newest: boolean }
	| { readonly dropped: Dropped };

interface ReceiveKey {
	readonly kid: bigint;
	readonly key: FrameKey;
	readonly window: ReplayWindow;
	readonly baseKey: Bytes;
	/** The order in which keys came. */
	readonly order: number;
}

/** Of somebody who sends nothing, so that no key is ever old. */
const MOST_EPOCHS = 64;

/** The keys of one participant, to open what arrives on their tracks. */
export class ReceiveKeys {
	readonly #clock: Clock;
	readonly #keys = new Map<bigint, ReceiveKey>();
	#order = 0;
	#newest = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** A key that is there already stays as it is, with what was seen of it: false. */
	async add(key: SenderKey): Promise<boolean> {
		const known = this.#keys.get(kidOf(0, key.leaf, key.epoch));
		if (known && sameBytes(known.baseKey, key.baseKey)) return false;
		this.#order += 1;
		const order = this.#order;
		for (const one of await deriveAll(key)) {
			const window = new ReplayWindow();
			this.#keys.set(one.kid, { kid: one.kid, key: one, window, baseKey: key.baseKey, order });
		}
		this.#forgetBefore(order - MOST_EPOCHS);
		return true;
	}

	/** A frame that arrived on the track of `stream`. */
	async open(stream: number, kind: Kind, frame: Bytes): Promise<Opened> {
		const clear = clearBytes(kind, frame);
		const header = clear === null ? null : decodeHeader(frame.subarray(clear));
		if (clear === null || header === null) return { dropped: "malformed" };
		if (header.kid >> 16n !== BigInt(stream)) return { dropped: "foreign" };
		const key = this.#keys.get(header.kid);
		if (key === undefined) return { dropped: "no key" };
		if (!key.window.accepts(header.ctr)) return { dropped: whyNot(key.window, header.ctr) };
		const body = frame.slice(clear + header.bytes.length);
		const metadata = frame.slice(0, clear);
		const plain = await open(key.key, header, metadata, body);
		if (plain === null) return { dropped: "forged" };
		if (!key.window.mark(header.ctr)) return { dropped: whyNot(key.window, header.ctr) };
		this.#used(key);
		return { frame: concat(metadata, plain), newest: key.order === this.#order };
	}

	#used({ order }: ReceiveKey): void {
		if (order <= this.#newest) return;
		this.#newest = order;
		this.#clock.after(OLD_KEYS_MS, () => this.#forgetBefore(order));
	}

	#forgetBefore(order: number): void {
		for (const one of this.#keys.values()) if (one.order < order) this.#keys.delete(one.kid);
	}
}

function whyNot(window: ReplayWindow, ctr: bigint): Dropped {
	return window.isPast(ctr) ? "late" : "replayed";
}
