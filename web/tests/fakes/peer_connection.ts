/**
 * An RTCPeerConnection as far as negotiation goes: signaling states, implicit rollback, and ICE
 * credentials, by which a test sees whether two of them really talk to each other.
 */

interface FakeDescription {
	readonly type: RTCSdpType;
	readonly sdp: string;
}

let counter = 0;

const KINDS = ["audio", "video", "video", "audio"] as const;

type Operate = (operation: () => void) => Promise<void>;

/** `track` changes only when the connection gets to it, as in browsers. */
function transceiver(kind: string, operate: Operate) {
	const sender = {
		track: null as unknown,
		replaceTrack: (track: unknown) =>
			operate(() => {
				sender.track = track;
			}),
		getParameters: () => ({ encodings: [{}] }),
		setParameters: () => Promise.resolve(),
	};
	return { direction: "recvonly", sender, receiver: { track: { kind } } };
}

function ufragOf(description: { readonly sdp: string } | null): string | undefined {
	return /ice-ufrag:(\S+)/.exec(description?.sdp ?? "")?.[1];
}

export class FakePeerConnection {
	signalingState: RTCSignalingState = "stable";
	connectionState: RTCPeerConnectionState = "new";
	currentLocalDescription: FakeDescription | null = null;
	currentRemoteDescription: FakeDescription | null = null;
	pendingLocalDescription: FakeDescription | null = null;
	pendingRemoteDescription: FakeDescription | null = null;
	onnegotiationneeded: (() => void) | null = null;
	onicecandidate: ((event: { readonly candidate: RTCIceCandidate | null }) => void) | null = null;
	onconnectionstatechange: (() => void) | null = null;
	readonly candidates: RTCIceCandidateInit[] = [];
	readonly #transceivers: ReturnType<typeof transceiver>[] = [];
	readonly #origin: string;
	#ufrag = this.#newUfrag();
	#version = 0;
	#needed = false;
	#scheduled = false;
	/** Operations under way: only after the last of them does the connection ask for an offer. */
	#operations = 0;
	/** Operations run strictly one after the other (W3C WebRTC 1.0, 4.4.1.2). */
	#chain: Promise<unknown> = Promise.resolve();

	constructor(origin = "-") {
		this.#origin = origin;
	}

	get localDescription(): FakeDescription | null {
		return this.pendingLocalDescription ?? this.currentLocalDescription;
	}

	get remoteDescription(): FakeDescription | null {
		return this.pendingRemoteDescription ?? this.currentRemoteDescription;
	}

	addTransceiver(kind: string, init: { direction: string }): unknown {
		const made = { ...this.#transceiver(kind), direction: init.direction };
		this.#transceivers.push(made);
		this.#need();
		return made;
	}

	getTransceivers() {
		return this.#transceivers;
	}

	restartIce(): void {
		this.#ufrag = this.#newUfrag();
		this.#need();
	}

	setLocalDescription(): Promise<void> {
		return this.#operate(() => this.#setLocal());
	}

	setRemoteDescription(description: FakeDescription): Promise<void> {
		return this.#operate(() => {
			if (description.type === "offer") this.#takeOffer(description);
			else this.#takeAnswer(description);
		});
	}

	/** Something takes long: what is asked of the connection from now on waits for it. Returns its end. */
	hold(): () => void {
		let end = () => {};
		const held = new Promise<void>((resolve) => {
			end = resolve;
		});
		this.#chain = this.#chain.then(() => held);
		return end;
	}

	#transceiver(kind: string) {
		return transceiver(kind, (operation) => this.#operate(operation));
	}

	async #operate(operation: () => void): Promise<void> {
		this.#operations += 1;
		const run = this.#chain.then(() => {
			this.#check();
			operation();
		});
		this.#chain = run.catch(() => undefined);
		try {
			await run;
		} finally {
			this.#operations -= 1;
			this.#schedule();
		}
	}

	#setLocal(): void {
		this.#version += 1;
		const sdp = `v=0\r\no=${this.#origin} ${this.#version}\r\na=ice-ufrag:${this.#ufrag}\r\n`;
		if (this.signalingState === "have-remote-offer") {
			this.currentRemoteDescription = this.pendingRemoteDescription;
			this.currentLocalDescription = { type: "answer", sdp };
			this.pendingRemoteDescription = null;
			this.#become("stable");
		} else {
			this.pendingLocalDescription = { type: "offer", sdp };
			this.#needed = false;
			this.#become("have-local-offer");
		}
	}

	async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
		this.#check();
		if (this.remoteDescription === null) throw new DOMException("early", "InvalidStateError");
		if (candidate.candidate === "bad") throw new DOMException("bad", "OperationError");
		this.candidates.push(candidate);
	}

	close(): void {
		this.signalingState = "closed";
		this.connectionState = "closed";
	}

	/** What the network does. */
	turn(state: RTCPeerConnectionState): void {
		this.connectionState = state;
		this.onconnectionstatechange?.();
	}

	#takeOffer(offer: FakeDescription): void {
		if (this.signalingState === "have-local-offer") {
			this.pendingLocalDescription = null;
			this.#needed = true;
		}
		if (this.#transceivers.length === 0) {
			this.#transceivers.push(...KINDS.map((kind) => this.#transceiver(kind)));
		}
		// An offer that restarts ICE is answered with new credentials (RFC 8839, 4.4.3.1.1).
		const before = ufragOf(this.currentRemoteDescription);
		if (before !== undefined && before !== ufragOf(offer)) this.#ufrag = this.#newUfrag();
		// Which is all that an own wish to restart was after.
		if (before !== ufragOf(offer)) this.#needed = false;
		this.pendingRemoteDescription = offer;
		this.#become("have-remote-offer");
	}

	#takeAnswer(answer: FakeDescription): void {
		if (this.signalingState !== "have-local-offer") {
			throw new DOMException("no offer", "InvalidStateError");
		}
		this.currentLocalDescription = this.pendingLocalDescription;
		this.currentRemoteDescription = answer;
		this.pendingLocalDescription = null;
		this.#become("stable");
	}

	#become(state: RTCSignalingState): void {
		this.signalingState = state;
	}

	#need(): void {
		this.#needed = this.#transceivers.length > 0;
		this.#schedule();
	}

	#schedule(): void {
		if (this.#scheduled) return;
		this.#scheduled = true;
		queueMicrotask(() => {
			this.#scheduled = false;
			const ready = this.#operations === 0 && this.signalingState === "stable";
			if (this.#needed && ready) this.onnegotiationneeded?.();
		});
	}

	#newUfrag(): string {
		counter += 1;
		return `u${counter}`;
	}

	#check(): void {
		if (this.signalingState === "closed") throw new DOMException("closed", "InvalidStateError");
	}
}

/** Both have credentials of the other that the other really uses. */
export function talk(a: FakePeerConnection, b: FakePeerConnection): boolean {
	return (
		a.signalingState === "stable" &&
		b.signalingState === "stable" &&
		a.currentLocalDescription !== null &&
		ufragOf(a.currentLocalDescription) === ufragOf(b.currentRemoteDescription) &&
		ufragOf(b.currentLocalDescription) === ufragOf(a.currentRemoteDescription)
	);
}
