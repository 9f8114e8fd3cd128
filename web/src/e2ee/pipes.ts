/** Takes every frame of every track through its key, and counts. Whatever has no key goes no further. */
import type { Clock } from "../core/clock";
import { passes } from "./clear_bytes";
import { type Dropped, ReceiveKeys, type SenderKey, SendKeys } from "./frame_keys";
import type { Bound, Counts, FromWorker, ToWorker, Track } from "./worker_messages";

/** An RTCEncodedVideoFrame or RTCEncodedAudioFrame. */
export interface EncodedFrame {
	data: ArrayBuffer;
	getMetadata(): { readonly mimeType?: string };
}

/** As far as a browser has it. */
export interface KeyframeAsker {
	sendKeyFrameRequest?: () => Promise<unknown>;
}

interface Received {
	readonly keys: ReceiveKeys;
	opened: number;
	readonly dropped: Partial<Record<Dropped, number>>;
	/** When the newest key came, in milliseconds. */
	keyAt: number;
	/** What came since then: nothing that tells; what it should open and did not; what it opened. */
	since: "nothing" | "other" | "opened";
}

/** By then whoever gave a new key uses it (sender_keys.ts), and what was on the way has come. */
const USED_WITHIN_MS = 4_000;

export class Pipes {
	readonly #clock: Clock;
	readonly #send = new SendKeys();
	readonly #received = new Map<string, Received>();
	readonly #bound = new Map<number, Bound>();
	/** Tracks of which the last frame was dropped. */
	readonly #missed = new WeakSet<Track>();
	#sealed = 0;
	#held = 0;
	#queue: Promise<void> = Promise.resolve();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Keys strictly one after the other: what is forgotten does not come back. */
	hear(message: ToWorker): Promise<void> {
		if (message.type === "bind") this.#bound.set(message.receiver, message);
		this.#queue = this.#queue.then(() => this.#obey(message));
		return this.#queue;
	}

	counts(): FromWorker {
		const received = [...this.#received].map(([id, one]): [string, Counts] => {
			const { opened, dropped, since } = one;
			return [id, { opened, dropped, behind: since === "other" }];
		});
		const [sealed, held] = [this.#sealed, this.#held];
		return { type: "counts", sealed, held, received: Object.fromEntries(received) };
	}

	/** Seals or opens the frame in its place. False: it must not go on. */
	async take(track: Track, frame: EncodedFrame, asker: KeyframeAsker): Promise<boolean> {
		return track.side === "send" ? this.#seal(track, frame) : this.#open(track, frame, asker);
	}

	async #obey(message: ToWorker): Promise<void> {
		switch (message.type) {
			case "use":
				return this.#send.use(message.key);
			case "stop":
				return this.#send.forget();
			case "add":
				return this.#add(this.#of(message.participant), message.key);
			case "forget":
				this.#received.delete(message.participant);
				return;
			case "bind":
				return;
		}
	}

	async #add(received: Received, key: SenderKey): Promise<void> {
		if (!(await received.keys.add(key))) return;
		received.keyAt = this.#clock.now();
		received.since = "nothing";
	}

	#of(participant: string): Received {
		const known = this.#received.get(participant);
		if (known) return known;
		const keys = new ReceiveKeys(this.#clock);
		const made: Received = { keys, opened: 0, dropped: {}, keyAt: 0, since: "nothing" };
		this.#received.set(participant, made);
		return made;
	}

	#opened(received: Received, byNewest: boolean): void {
		if (byNewest) received.since = "opened";
		else if (received.since === "nothing" && this.#isUsed(received)) received.since = "other";
	}

	/** What was on its way while keys changed may have none here; whatever else does not open tells at once. */
	#dropped(received: Received, why: Dropped): void {
		if (received.since === "nothing" && (why !== "no key" || this.#isUsed(received)))
			received.since = "other";
	}

	/** By now what comes should be sealed with the newest key. */
	#isUsed({ keyAt }: Received): boolean {
		return this.#clock.now() - keyAt > USED_WITHIN_MS;
	}

	async #seal(track: Track & { side: "send" }, frame: EncodedFrame): Promise<boolean> {
		const sealed = passes(track.kind, frame.getMetadata().mimeType)
			? await this.#send.seal(track.stream, track.kind, new Uint8Array(frame.data))
			: null;
		if (sealed === null) {
			this.#held += 1;
			return false;
		}
		this.#sealed += 1;
		frame.data = sealed.buffer;
		return true;
	}

	async #open(
		track: Track & { side: "receive" },
		frame: EncodedFrame,
		asker: KeyframeAsker,
	): Promise<boolean> {
		const bound = this.#bound.get(track.receiver);
		if (bound === undefined) return false;
		// The sender was told that this page has the key as soon as it was on its way to this worker.
		await this.#queue;
		const received = this.#of(bound.participant);
		const opened = await received.keys.open(bound.stream, track.kind, new Uint8Array(frame.data));
		if ("dropped" in opened) {
			received.dropped[opened.dropped] = (received.dropped[opened.dropped] ?? 0) + 1;
			// Browsers probe a path with copies of what they sent: nothing is missing after those.
			if (opened.dropped === "replayed") return false;
			this.#missed.add(track);
			this.#dropped(received, opened.dropped);
			return false;
		}
		received.opened += 1;
		this.#opened(received, opened.newest);
		if (this.#missed.delete(track)) askForKeyFrame(track, asker);
		frame.data = opened.frame.buffer;
		return true;
	}
}

/**
 * A picture that builds on a dropped one cannot be decoded. A browser without this function notices by
 * itself, some seconds later; so it does when the request is not possible now.
 */
function askForKeyFrame(track: Track, asker: KeyframeAsker): void {
	if (track.kind === "video") asker.sendKeyFrameRequest?.().catch(() => undefined);
}
