/** The connection on which this page sends to the relay: the page offers, the server answers. */
import type { Clock } from "../../core/clock";
import type { Refusal } from "../../protocol/generated";
import type { PathState } from "../../state/media";
import { PathWatch } from "../path_watch";
import { type Slot, sendTrack, type Tracks } from "../slots";
import { makeSenders, type SenderHook, type Senders } from "./layers";
import type { Ask } from "./relay";

export interface PublishingOptions {
	readonly clock: Clock;
	readonly frames: () => SenderHook | null;
	readonly makeConnection: () => RTCPeerConnection;
	readonly newId: () => string;
	readonly tracks: () => Tracks;
	readonly online: () => boolean;
	readonly ask: Ask;
	/** Null: the server took it. */
	refused(refusal: Refusal | null): void;
}

export class Publishing {
	readonly #options: PublishingOptions;
	readonly #watch: PathWatch;
	#pc!: RTCPeerConnection;
	#senders!: Senders;
	#connection = "";
	/** The server knows this connection, so that its ICE can be restarted. */
	#taken = false;
	/** Offers go strictly one after the other. */
	#turn: Promise<void> = Promise.resolve();
	#closed = false;

	constructor(options: PublishingOptions) {
		this.#options = options;
		this.#watch = new PathWatch(options.clock, true, {
			changed: () => undefined,
			heal: (attempt) => this.#heal(attempt),
		});
		this.#open();
		this.#watch.start();
	}

	get state(): PathState {
		return this.#watch.state;
	}

	setTrack(slot: Slot, track: MediaStreamTrack | null): void {
		sendTrack(this.#senders[slot], track);
	}

	/** After a Welcome: an offer or its answer may be lost. */
	resume(): void {
		if (!this.#taken) this.#offer();
	}

	/** This browser has another network now. */
	networkChanged(): void {
		if (this.#taken) this.#restart();
	}

	/** On request of the person. */
	retry(): void {
		if (this.state === "connected") return;
		this.#reopen();
		this.#watch.start();
	}

	close(): void {
		this.#closed = true;
		this.#watch.stop();
		this.#end();
	}

	#open(): void {
		const { frames, makeConnection, newId, tracks } = this.#options;
		const pc = makeConnection();
		this.#pc = pc;
		this.#connection = newId();
		this.#taken = false;
		pc.onconnectionstatechange = () => this.#watch.saw(pc.connectionState);
		this.#senders = makeSenders(pc, tracks(), frames());
		this.#offer();
	}

	#end(): void {
		this.#pc.onconnectionstatechange = null;
		this.#pc.close();
	}

	#reopen(): void {
		this.#end();
		this.#open();
	}

	#restart(): void {
		this.#pc.restartIce();
		this.#offer();
	}

	/**
	 * First another way to the same connection. A server that forgot it would take it for a new one, to which
	 * this end has no keys: so only once, while the server cannot have given it up yet.
	 */
	#heal(attempt: number): void {
		if (!this.#options.online()) return;
		if (attempt === 1 && this.#taken) this.#restart();
		else this.#reopen();
	}

	#offer(): void {
		const pc = this.#pc;
		this.#turn = this.#turn
			.then(() => this.#negotiate(pc))
			// Closed meanwhile, or an answer that makes no sense: the watch notices that nothing connects.
			.catch(() => undefined);
	}

	async #negotiate(pc: RTCPeerConnection): Promise<void> {
		if (pc !== this.#pc || this.#closed) return;
		await pc.setLocalDescription(await pc.createOffer());
		const sdp = pc.localDescription?.sdp ?? "";
		const { ask, refused } = this.#options;
		const answer = await ask({ type: "RelayPublish", connection: this.#connection, sdp });
		if (pc !== this.#pc || this.#closed) return;
		if (answer?.type === "Refused") refused(answer.refusal);
		if (answer?.type !== "RelayAnswered") return;
		await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
		this.#taken = true;
		refused(null);
	}
}
