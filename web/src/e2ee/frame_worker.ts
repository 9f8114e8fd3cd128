/** The worker, as the page sees it: hooks for senders and receivers, and keys that go in. */
import { type FrameHooks, SLOTS, type Slot } from "../media/slots";
import type { Kind } from "./clear_bytes";
import type { SenderKey } from "./frame_keys";
import workerUrl from "./worker?worker&url";
import type { FromWorker, ToWorker, Track } from "./worker_messages";

interface Policies {
	createPolicy(
		name: string,
		rules: { createScriptURL: (url: string) => string },
	): { createScriptURL(url: string): string };
}

/** The policy names this one address, whatever it is asked for (meetd/serving/headers.py). */
function workerAddress(): string {
	const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
	const rules = { createScriptURL: () => workerUrl };
	return policies ? policies.createPolicy("frame-worker", rules).createScriptURL("") : workerUrl;
}

/** Whether frames can be encrypted here, and keys be made. */
export function canEncrypt(): boolean {
	return (
		"RTCRtpScriptTransform" in globalThis &&
		"transform" in RTCRtpSender.prototype &&
		"subtle" in crypto
	);
}

export class FrameWorker {
	readonly #worker: Worker;
	/** A transform is set once: frames that are in it would be lost with it. */
	readonly #receivers = new WeakMap<RTCRtpReceiver, number>();
	#next = 0;

	/** One per page. */
	constructor(counted: (counts: FromWorker) => void) {
		this.#worker = new Worker(workerAddress(), { type: "module" });
		this.#worker.onmessage = (event: MessageEvent<FromWorker>) => counted(event.data);
	}

	use(key: SenderKey): void {
		this.#tell({ type: "use", key });
	}

	stop(): void {
		this.#tell({ type: "stop" });
	}

	add(participant: string, key: SenderKey): void {
		this.#tell({ type: "add", participant, key });
	}

	forget(participant: string): void {
		this.#tell({ type: "forget", participant });
	}

	/**
	 * For what is exchanged with one participant, over whatever connection. A receiver that carries somebody
	 * else, or another slot, from now on is given to the hooks again.
	 */
	hooks(participant: string): FrameHooks {
		return {
			onSender: (sender, slot) => {
				const stream = SLOTS.indexOf(slot);
				sender.transform = this.#transform({ side: "send", kind: kindOf(slot), stream });
			},
			onReceiver: (receiver, slot) => {
				const number = this.#receivers.get(receiver) ?? this.#hook(receiver, kindOf(slot));
				this.#tell({ type: "bind", receiver: number, participant, stream: SLOTS.indexOf(slot) });
			},
		};
	}

	#hook(receiver: RTCRtpReceiver, kind: Kind): number {
		const number = this.#next;
		this.#next += 1;
		this.#receivers.set(receiver, number);
		receiver.transform = this.#transform({ side: "receive", kind, receiver: number });
		return number;
	}

	#transform(track: Track): RTCRtpScriptTransform {
		return new RTCRtpScriptTransform(this.#worker, track);
	}

	#tell(message: ToWorker): void {
		this.#worker.postMessage(message);
	}
}

function kindOf(slot: Slot): Kind {
	return slot === "camera" || slot === "screen" ? "video" : "audio";
}
