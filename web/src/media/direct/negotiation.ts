/**
 * One RTCPeerConnection and perfect negotiation on it (W3C WebRTC 1.0, 10.7). It ends with its
 * connection; `Pair` makes another one when either side starts anew.
 */
import type { Candidate, Description } from "../../protocol/generated";
import {
	adoptTransceivers,
	type FrameHooks,
	makeTransceivers,
	SLOTS,
	type Slot,
	sendTrack,
	type Tracks,
	type Transceivers,
} from "../slots";

export interface NegotiationOptions {
	readonly pc: RTCPeerConnection;
	/** The side with the greater id: makes the first offer, and its offer stands when two meet. */
	readonly impolite: boolean;
	readonly tracks: Tracks;
	readonly frames: FrameHooks;
	send(signal: { readonly description?: Description; readonly candidate?: Candidate }): void;
	/** A remote description was applied: transceivers and senders are as they will be. */
	settled(): void;
	stateChanged(): void;
}

/** More candidates than any machine has addresses are not kept. */
const MOST_CANDIDATES = 256;

export class Negotiation {
	readonly pc: RTCPeerConnection;
	transceivers: Transceivers | null = null;
	readonly #options: NegotiationOptions;
	#tracks: Tracks;
	#makingOffer = false;
	#ignoreOffer = false;
	/** Their last description as they said it: browsers write what they took over in their own words. */
	#heard: Description | null = null;
	#waiting: Candidate[] = [];
	#closed = false;

	constructor(options: NegotiationOptions) {
		const { pc } = options;
		this.pc = pc;
		this.#options = options;
		this.#tracks = options.tracks;
		pc.onnegotiationneeded = () => void this.#offer();
		pc.onicecandidate = (event) => this.#sendCandidate(event.candidate);
		pc.onconnectionstatechange = () => options.stateChanged();
		if (options.impolite) {
			this.transceivers = makeTransceivers(pc, options.tracks, options.frames);
		}
	}

	setTrack(slot: Slot, track: MediaStreamTrack | null): void {
		this.#tracks = { ...this.#tracks, [slot]: track };
		if (this.transceivers) sendTrack(this.transceivers[slot].sender, track);
	}

	/** Says again the offer that has no answer yet, which may have been lost. False: there is none. */
	repeat(): boolean {
		const offer = this.pc.pendingLocalDescription;
		if (this.pc.signalingState !== "have-local-offer" || !offer) return false;
		this.#sendDescription(offer);
		return true;
	}

	/**
	 * False: it has to be a new connection. While Chromium waits for the answer to its restart it already tries
	 * its new ports with the other side's old ones. Firefox answers on those, Chromium settles on them and never
	 * tries the new ones, and Firefox receives nothing any more while both say that they are connected.
	 */
	restartIce(): boolean {
		if (this.#closed) return true;
		if (isFirefox(this.#heard?.sdp) && !isFirefox(this.pc.localDescription?.sdp)) return false;
		this.pc.restartIce();
		return true;
	}

	/** Takes what the other side said. Call strictly one after the other. */
	async take(description: Description | null, candidate: Candidate | null): Promise<void> {
		if (this.#closed) return;
		if (description) await this.#takeDescription(description);
		if (candidate) await this.#takeCandidate(candidate);
	}

	/** Candidates that came before any description turn out to be of another connection of theirs. */
	forget(): void {
		this.#waiting = [];
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#waiting = [];
		this.pc.onnegotiationneeded = null;
		this.pc.onicecandidate = null;
		this.pc.onconnectionstatechange = null;
		this.pc.close();
	}

	async #offer(): Promise<void> {
		// The polite side has nothing to offer until it took over the sections of the first offer.
		if (this.transceivers === null) return;
		try {
			this.#makingOffer = true;
			await this.pc.setLocalDescription();
			if (this.pc.localDescription) this.#sendDescription(this.pc.localDescription);
		} catch {
			// Closed, or an offer of the other side came first: then its answer carries ours as well.
		} finally {
			this.#makingOffer = false;
		}
	}

	async #takeDescription(description: Description): Promise<void> {
		const { pc } = this;
		const isOffer = description.type === "offer";
		if (isOffer ? this.#answeredAlready(description) : this.#isStale(description)) return;
		const collision = isOffer && (this.#makingOffer || pc.signalingState !== "stable");
		this.#ignoreOffer = this.#options.impolite && collision;
		if (this.#ignoreOffer) return;
		// Rolls our own offer back where there is one.
		await pc.setRemoteDescription(description);
		this.#heard = description;
		if (isOffer) await this.#answer();
		await this.#takeWaiting();
		if (!this.#closed) this.#options.settled();
	}

	/** An offer said twice, because our answer did not arrive in time: say it again as well. */
	#answeredAlready(offer: Description): boolean {
		const { pc } = this;
		const heard = this.#heard?.type === "offer" && this.#heard.sdp === offer.sdp;
		const again = heard && pc.signalingState === "stable";
		if (again && pc.localDescription) this.#sendDescription(pc.localDescription);
		return again;
	}

	/**
	 * An answer said twice. Once the next offer is out, which restarts ICE, it shows by credentials that are in
	 * use already: taken for the answer to that offer, it would leave both sides with different ones.
	 */
	#isStale(answer: Description): boolean {
		const { pc } = this;
		if (pc.signalingState !== "have-local-offer") return true;
		const restarts =
			pc.currentLocalDescription !== null &&
			iceUfrag(pc.pendingLocalDescription?.sdp) !== iceUfrag(pc.currentLocalDescription.sdp);
		return restarts && iceUfrag(answer.sdp) === iceUfrag(pc.currentRemoteDescription?.sdp);
	}

	async #answer(): Promise<void> {
		this.transceivers ??= adoptTransceivers(this.pc, this.#tracks, this.#options.frames);
		await this.pc.setLocalDescription();
		if (this.pc.localDescription) this.#sendDescription(this.pc.localDescription);
	}

	async #takeCandidate(candidate: Candidate): Promise<void> {
		if (this.pc.remoteDescription === null) {
			if (this.#waiting.length < MOST_CANDIDATES) this.#waiting.push(candidate);
			return;
		}
		try {
			await this.pc.addIceCandidate(candidate);
		} catch (error) {
			// Candidates of an offer that we ignored belong to nothing.
			if (!this.#ignoreOffer && !this.#closed) throw error;
		}
	}

	async #takeWaiting(): Promise<void> {
		for (const candidate of this.#waiting.splice(0)) await this.#takeCandidate(candidate);
	}

	#sendDescription(description: RTCSessionDescription): void {
		if (this.#closed) return;
		const { type, sdp } = description;
		if (type === "offer" || type === "answer") this.#options.send({ description: { type, sdp } });
	}

	#sendCandidate(candidate: RTCIceCandidate | null): void {
		if (this.#closed || candidate === null) return;
		const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
		this.#options.send({
			candidate: { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment },
		});
	}
}

/** By the origin line (RFC 8866, 5.2). */
function isFirefox(sdp: string | undefined): boolean {
	return /^o=mozilla/m.test(sdp ?? "");
}

/** The ICE user name fragment of the bundle (RFC 8839, 5.4). */
function iceUfrag(sdp: string | undefined): string | undefined {
	return /^a=ice-ufrag:(\S+)/m.exec(sdp ?? "")?.[1];
}

/** What arrives in each slot, as one stream each that stays the same as long as the connection. */
export function receivedStreams(
	transceivers: Transceivers,
	makeStream: (track: MediaStreamTrack) => MediaStream,
): Readonly<Record<Slot, MediaStream>> {
	const streams: Partial<Record<Slot, MediaStream>> = {};
	for (const slot of SLOTS) streams[slot] = makeStream(transceivers[slot].receiver.track);
	return streams as Record<Slot, MediaStream>;
}
