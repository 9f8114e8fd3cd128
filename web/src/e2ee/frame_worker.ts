/** The worker, as the page sees it: hooks for senders and receivers, and keys that go in. */
import { type FrameHooks, SLOTS, type Slot } from "../media/slots";
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

	/** For the connections to one participant. */
	hooks(participant: string): FrameHooks {
		return {
			onSender: (sender, slot) => {
				sender.transform = this.#transform({ side: "send", ...trackOf(slot) });
			},
			onReceiver: (receiver, slot) => {
				if (receiver.transform !== null) return;
				receiver.transform = this.#transform({ side: "receive", participant, ...trackOf(slot) });
			},
		};
	}

	#transform(track: Track): RTCRtpScriptTransform {
		return new RTCRtpScriptTransform(this.#worker, track);
	}

	#tell(message: ToWorker): void {
		this.#worker.postMessage(message);
	}
}

function trackOf(slot: Slot): Pick<Track, "kind" | "stream"> {
	const kind = slot === "camera" || slot === "screen" ? "video" : "audio";
	return { kind, stream: SLOTS.indexOf(slot) };
}
