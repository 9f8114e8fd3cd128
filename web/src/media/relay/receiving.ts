/** The connection on which this page receives from the relay: the server offers, the page answers. */
import type { Clock } from "../../core/clock";
import type { RelayedStream, RelayOffered } from "../../protocol/generated";
import type { PathState } from "../../state/media";
import type { Streams } from "../path_choice";
import { PathWatch } from "../path_watch";
import type { FrameHooks } from "../slots";
import type { Ask } from "./relay";

export interface ReceivingOptions {
	readonly clock: Clock;
	readonly frames: (participant: string) => FrameHooks | null;
	readonly makeConnection: () => RTCPeerConnection;
	readonly makeStream: (track: MediaStreamTrack) => MediaStream;
	readonly online: () => boolean;
	readonly ask: Ask;
	/** Who is on which stream, or the state, changed. */
	changed(): void;
	/** There is another connection, or none: nothing has arrived over it. */
	replaced(): void;
}

interface Playing {
	readonly stream: MediaStream;
	readonly from: RelayedStream;
}

const NO_STREAMS: Streams = { microphone: null, camera: null, screen: null, screenSound: null };

export class Receiving {
	readonly #options: ReceivingOptions;
	readonly #watch: PathWatch;
	#pc: RTCPeerConnection | null = null;
	/** The server's name of it. */
	#connection: string | null = null;
	#playing: readonly Playing[] = [];
	/** Offers are taken strictly one after the other. */
	#turn: Promise<void> = Promise.resolve();
	#closed = false;

	constructor(options: ReceivingOptions) {
		this.#options = options;
		this.#watch = new PathWatch(options.clock, true, {
			changed: () => options.changed(),
			heal: (attempt) => this.#heal(attempt),
		});
	}

	/** From now on an offer is awaited. */
	start(): void {
		this.#watch.start();
	}

	get state(): PathState {
		return this.#watch.state;
	}

	get pc(): RTCPeerConnection | null {
		return this.#pc;
	}

	/** Of whom something is to come, with what carries it. */
	streamsOf(participant: string): Streams | null {
		const theirs = this.#playing.filter(({ from }) => from.participant === participant);
		if (theirs.length === 0) return null;
		const streams = Object.fromEntries(theirs.map(({ from, stream }) => [from.slot, stream]));
		return { ...NO_STREAMS, ...streams };
	}

	/** The sections that carry somebody, as the statistics name them. */
	midsOf(participant: string): ReadonlySet<string> {
		const theirs = this.#playing.filter(({ from }) => from.participant === participant);
		return new Set(theirs.map(({ from }) => from.mid));
	}

	hear(offered: RelayOffered): void {
		this.#turn = this.#turn
			.then(() => this.#take(offered))
			// Closed meanwhile, or an offer that makes no sense: the watch notices that nothing connects.
			.catch(() => undefined);
	}

	/** Another network: the server has to offer with new ICE credentials. */
	networkChanged(): void {
		if (this.#pc !== null) this.#reconnect(false);
	}

	/** Over a new connection. */
	anew(): void {
		this.#reconnect(true);
	}

	retry(): void {
		if (this.state === "connected") return;
		this.anew();
		this.#watch.start();
	}

	close(): void {
		this.#closed = true;
		this.#watch.stop();
		this.#end();
	}

	#heal(attempt: number): void {
		if (this.#options.online()) this.#reconnect(attempt > 1 || this.#pc === null);
	}

	#reconnect(anew: boolean): void {
		void this.#options.ask({ type: "RelayReconnect", anew });
	}

	async #take(offered: RelayOffered): Promise<void> {
		if (this.#closed) return;
		const pc = this.#connectionFor(offered);
		await pc.setRemoteDescription({ type: "offer", sdp: offered.sdp });
		this.#hook(pc, offered.streams);
		await pc.setLocalDescription();
		if (this.#closed) return;
		this.#play(pc, offered.streams);
		const { connection, offer } = offered;
		const sdp = firstSection(pc.localDescription?.sdp ?? "");
		const answer = await this.#options.ask({ type: "RelayAccept", connection, offer, sdp });
		// It talks to an end that this one never met, such as that of the page before a reload.
		if (answer?.type === "Refused" && this.#connection === connection) this.anew();
	}

	#connectionFor({ connection }: RelayOffered): RTCPeerConnection {
		if (this.#pc !== null && this.#connection === connection) return this.#pc;
		this.#end();
		const pc = this.#options.makeConnection();
		pc.onconnectionstatechange = () => this.#watch.saw(pc.connectionState);
		this.#pc = pc;
		this.#connection = connection;
		this.#options.replaced();
		return pc;
	}

	#end(): void {
		if (this.#pc === null) return;
		this.#pc.onconnectionstatechange = null;
		this.#pc.close();
		this.#pc = null;
		this.#playing = [];
	}

	/** Before anything can have passed; at each offer, because a section may carry somebody else now. */
	#hook(pc: RTCPeerConnection, streams: readonly RelayedStream[]): void {
		for (const { mid, participant, slot } of streams) {
			const receiver = receiverOf(pc, mid);
			if (receiver) this.#options.frames(participant)?.onReceiver(receiver, slot);
		}
	}

	/** A stream stays the same for as long as its section carries the same. */
	#play(pc: RTCPeerConnection, streams: readonly RelayedStream[]): void {
		const before = this.#playing;
		this.#playing = streams.flatMap((from) => {
			const known = before.find((one) => isSame(one.from, from));
			if (known) return [known];
			const receiver = receiverOf(pc, from.mid);
			return receiver ? [{ from, stream: this.#options.makeStream(receiver.track) }] : [];
		});
		this.#options.changed();
	}
}

function receiverOf(pc: RTCPeerConnection, mid: string): RTCRtpReceiver | null {
	return pc.getTransceivers().find((one) => one.mid === mid)?.receiver ?? null;
}

function isSame(one: RelayedStream, other: RelayedStream): boolean {
	const { mid, participant, slot } = one;
	return mid === other.mid && participant === other.participant && slot === other.slot;
}

/** All that the server needs of an answer, which grows with the meeting: everything is bundled. */
function firstSection(sdp: string): string {
	return sdp
		.split(/(?=^m=)/m)
		.slice(0, 2)
		.join("");
}
