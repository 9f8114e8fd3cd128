/** An RTCPeerConnection as far as the relay goes: one side offers, sections have names, and packets are counted. */

interface Section {
	readonly mid: string | null;
	readonly direction: string;
	readonly encodings: readonly RTCRtpEncodingParameters[];
	readonly sender: { track: unknown; replaceTrack(track: unknown): Promise<void> };
	readonly receiver: { readonly track: { readonly id: string } };
}

/** What a section received, as getStats says. */
export interface Received {
	readonly packetsReceived: number;
	readonly framesDecoded?: number;
}

let made = 0;

export class FakeRelayedConnection {
	connectionState: RTCPeerConnectionState = "new";
	signalingState: RTCSignalingState = "stable";
	onconnectionstatechange: (() => void) | null = null;
	localDescription: { readonly type: RTCSdpType; readonly sdp: string } | null = null;
	remoteDescription: { readonly type: RTCSdpType; readonly sdp: string } | null = null;
	readonly received = new Map<string, Received>();
	readonly sections: Section[] = [];
	readonly number = ++made;
	#ice = 1;

	addTransceiver(kind: string, init: RTCRtpTransceiverInit): Section {
		const section = this.#section(null, init.direction ?? "", init.sendEncodings ?? [], kind);
		this.sections.push(section);
		return section;
	}

	getTransceivers(): readonly Section[] {
		return this.sections;
	}

	restartIce(): void {
		this.#check();
		this.#ice += 1;
	}

	async createOffer(): Promise<RTCSessionDescriptionInit> {
		this.#check();
		return { type: "offer", sdp: `v=0\r\na=connection:${this.number} ice:${this.#ice}\r\n` };
	}

	async setLocalDescription(description?: RTCSessionDescriptionInit): Promise<void> {
		this.#check();
		const answers = description === undefined;
		const lines = this.sections.map(({ mid }) => `m=video\r\na=mid:${mid}\r\n`).join("");
		this.localDescription = {
			type: answers ? "answer" : "offer",
			sdp: description?.sdp ?? `v=0\r\na=connection:${this.number}\r\n${lines}`,
		};
		this.signalingState = answers ? "stable" : "have-local-offer";
	}

	/** Of an offer, the sections that its `a=mid` lines name. */
	async setRemoteDescription(description: { type: RTCSdpType; sdp: string }): Promise<void> {
		this.#check();
		if (description.sdp === "bad") throw new DOMException("bad", "InvalidAccessError");
		for (const [, mid] of description.sdp.matchAll(/a=mid:(\S+)/g)) {
			if (this.sections.some((one) => one.mid === mid)) continue;
			this.sections.push(this.#section(mid ?? null, "recvonly", [], "video"));
		}
		this.remoteDescription = description;
		this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
	}

	async getStats(): Promise<ReadonlyMap<string, object>> {
		this.#check();
		const entries = [...this.received].map(
			([mid, counters]) => [mid, { type: "inbound-rtp", mid, ...counters }] as const,
		);
		return new Map(entries);
	}

	close(): void {
		this.connectionState = "closed";
		this.signalingState = "closed";
	}

	/** What the network does. */
	turn(state: RTCPeerConnectionState): void {
		this.connectionState = state;
		this.onconnectionstatechange?.();
	}

	#section(
		mid: string | null,
		direction: string,
		encodings: readonly RTCRtpEncodingParameters[],
		kind: string,
	): Section {
		const sender: Section["sender"] = {
			track: null,
			async replaceTrack(track) {
				sender.track = track;
			},
		};
		const id = `${kind} ${this.number} ${mid ?? this.sections.length}`;
		return { mid, direction, encodings, sender, receiver: { track: { id } } };
	}

	#check(): void {
		if (this.signalingState === "closed") throw new DOMException("closed", "InvalidStateError");
	}
}
