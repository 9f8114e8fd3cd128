/**
 * The direct path to one participant, over as many RTCPeerConnections as it takes: which connection of
 * theirs belongs to which of ours, and when to start anew.
 */
import type { Clock } from "../../core/clock";
import type { Candidate, Description, Signal, SignalReceived } from "../../protocol/generated";
import { limitSenders } from "../encoding";
import { type PathState, PathWatch } from "../path_watch";
import type { FrameHooks, Slot, Tracks } from "../slots";
import { Negotiation, receivedStreams } from "./negotiation";

export interface PairOptions {
	readonly impolite: boolean;
	readonly clock: Clock;
	readonly frames: FrameHooks | null;
	readonly makeConnection: () => RTCPeerConnection;
	readonly makeStream: (track: MediaStreamTrack) => MediaStream;
	/** A new id for a connection, 8 to 32 characters. */
	readonly newId: () => string;
	readonly tracks: () => Tracks;
	/** How many participants share what this browser can send. */
	readonly peers: () => number;
	/** Whether signals get through to the server now. */
	readonly online: () => boolean;
	send(signal: Pick<Signal, "connection" | "description" | "candidate">): void;
	/** Streams or state changed. */
	changed(): void;
	report(state: PathState): void;
	/** Something of theirs could not be used. */
	failed(error: unknown): void;
}

export type Incoming = Pick<SignalReceived, "connection" | "description" | "candidate">;
export type Streams = Readonly<Record<Slot, MediaStream>>;

/**
 * Whether restarting ICE was not enough: start anew, which heals DTLS and a dead page as well. Rarely so
 * on the polite side: two that start anew in turns would never give each other time to connect.
 */
function shouldRebuild(attempt: number, impolite: boolean): boolean {
	return impolite ? attempt >= 3 : attempt >= 5 && attempt % 4 === 1;
}

export class Pair {
	streams: Streams | null = null;
	readonly #options: PairOptions;
	readonly #watch: PathWatch;
	#negotiation!: Negotiation;
	#id = "";
	/** Their connection that ours talks to. */
	#theirs: string | null = null;
	/** A description of theirs was applied, so that another connection of theirs needs another of ours. */
	#bound = false;
	/** Their connection before we started anew: what still comes from it is too late. */
	#retired: string | null = null;
	#queue: Promise<void> = Promise.resolve();
	#closed = false;

	constructor(options: PairOptions) {
		this.#options = options;
		this.#watch = new PathWatch(options.clock, options.impolite, {
			changed: (state) => {
				options.report(state);
				options.changed();
			},
			heal: (attempt) => this.#heal(attempt),
		});
		this.#connect();
	}

	get state(): PathState {
		return this.#watch.state;
	}

	get pc(): RTCPeerConnection {
		return this.#negotiation.pc;
	}

	/** Signals of one participant are taken strictly in order; one that fails ends only itself. */
	receive(signal: Incoming): Promise<void> {
		this.#queue = this.#queue
			.then(() => this.#take(signal))
			.catch((error: unknown) => this.#options.failed(error));
		return this.#queue;
	}

	setTrack(slot: Slot, track: MediaStreamTrack | null): void {
		this.#negotiation.setTrack(slot, track);
	}

	/** The number of peers changed. */
	limit(): void {
		const { transceivers } = this.#negotiation;
		if (transceivers && this.#bound) limitSenders(transceivers, this.#options.peers());
	}

	/** After coming back to the server: what was said meanwhile is lost, so say it again. */
	resync(): void {
		this.#options.report(this.state);
		if (!this.#negotiation.repeat() && this.pc.connectionState !== "connected") this.restartIce();
	}

	/** Only the impolite side offers, so that offers never meet; the polite one asks for it. */
	restartIce(): void {
		if (!this.#options.impolite) this.#announce();
		else if (this.#bound && !this.#negotiation.restartIce()) this.#rebuild();
	}

	/** What the statistics say: does anything arrive that should? */
	sawPackets(arrived: boolean): void {
		if (!arrived) this.#watch.silent();
		else this.#watch.saw(this.pc.connectionState);
	}

	/** On request of the person. Pressing twice must not cut off what was just begun. */
	retry(): void {
		if (this.state === "connecting" && !this.#bound) return;
		this.#rebuild();
		this.#watch.start();
	}

	close(): void {
		this.#closed = true;
		this.#watch.stop();
		this.#negotiation.close();
	}

	#connect(): void {
		this.#open();
		this.#watch.start();
		this.#announce();
	}

	#open(): void {
		this.#id = this.#options.newId();
		this.#bound = false;
		this.streams = null;
		const id = this.#id;
		const negotiation: Negotiation = new Negotiation({
			pc: this.#options.makeConnection(),
			impolite: this.#options.impolite,
			tracks: this.#options.tracks(),
			frames: this.#options.frames,
			send: (signal: { description?: Description; candidate?: Candidate }) =>
				this.#options.send({ connection: id, ...signal }),
			settled: () => this.#settled(negotiation),
			stateChanged: () => this.#watch.saw(negotiation.pc.connectionState),
		});
		this.#negotiation = negotiation;
	}

	/**
	 * The polite side says which connection it has: the other side starts anew when it knew another one, and
	 * restarts ICE when it knew this one already.
	 */
	#announce(): void {
		if (!this.#options.impolite) this.#options.send({ connection: this.#id });
	}

	#settled(negotiation: Negotiation): void {
		const { transceivers } = negotiation;
		if (transceivers === null || negotiation !== this.#negotiation) return;
		this.#bound = true;
		this.limit();
		if (this.streams === null) {
			this.streams = receivedStreams(transceivers, this.#options.makeStream);
			this.#options.changed();
		}
	}

	async #take(signal: Incoming): Promise<void> {
		if (this.#closed || signal.connection === this.#retired) return;
		const { connection, description = null, candidate = null } = signal;
		const announced = !description && !candidate;
		if (this.#theirs !== connection) this.#meet(connection, announced);
		else if (announced) this.#asked();
		await this.#negotiation.take(description, candidate);
	}

	/**
	 * A connection of theirs that we have not heard of. Ours is still good for it before a description of
	 * theirs was applied: to start anew even then could go on for ever, each side answering to what the other
	 * has just given up. Unless they say by themselves that they did: they may have given ours up as well.
	 */
	#meet(theirs: string, announced: boolean): void {
		const givenUp = this.#options.impolite && announced && this.#theirs !== null;
		if (this.#bound || givenUp) this.#startAnew();
		else this.#negotiation.forget();
		this.#theirs = theirs;
	}

	/** The polite side has lost the path. */
	#asked(): void {
		if (this.#options.impolite) this.#repeat();
	}

	#heal(attempt: number): void {
		if (!this.#options.online()) return;
		if (shouldRebuild(attempt, this.#options.impolite)) this.#rebuild();
		else this.#repeat();
	}

	/** An offer that was lost holds back every later one, so it goes first. */
	#repeat(): void {
		if (!this.#negotiation.repeat()) this.restartIce();
	}

	/**
	 * Our own wish. What their old connection still says is not meant for the new one of ours; but on the polite
	 * side it may be the only offer there is, when our answer to it was lost.
	 */
	#rebuild(): void {
		if (this.#options.impolite) this.#retired = this.#theirs ?? this.#retired;
		this.#theirs = null;
		this.#startAnew();
		this.#announce();
	}

	#startAnew(): void {
		this.#negotiation.close();
		this.#watch.saw("disconnected");
		this.#open();
		this.#options.changed();
	}
}
