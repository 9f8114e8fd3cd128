/**
 * Media through the relay of the server: two connections, one to send on and one to receive on, for as long
 * as somebody's media goes through it. Loaded when that is first so.
 */
import type { Clock, Timer } from "../../core/clock";
import type {
	Refusal,
	RelayAccept,
	RelayOffered,
	RelayPublish,
	RelayReconnect,
} from "../../protocol/generated";
import type { PathState } from "../../state/media";
import { type Expected, Gauge, LATER_MS, SOON_MS } from "../gauge";
import type { PathMedia } from "../path_choice";
import type { FrameHooks, Slot, Tracks } from "../slots";
import { countersFrom, type Entry, readReport } from "../stats";
import { Publishing } from "./publishing";
import { Receiving } from "./receiving";

export type Ask = (
	command: RelayPublish | RelayAccept | RelayReconnect,
) => Promise<
	| { readonly type: "Refused"; readonly refusal: Refusal }
	| { readonly type: "RelayAnswered"; readonly sdp: string }
	| { readonly type: "Done" }
	| null
>;

export interface RelayOptions {
	readonly clock: Clock;
	readonly frames: (participant: string) => FrameHooks | null;
	readonly makeConnection: () => RTCPeerConnection;
	readonly makeStream: (track: MediaStreamTrack) => MediaStream;
	readonly newId: () => string;
	readonly tracks: () => Tracks;
	readonly online: () => boolean;
	readonly expects: (participant: string) => Expected;
	readonly ask: Ask;
	/** Null: gone. */
	changed(participant: string, media: PathMedia | null): void;
	report(participant: string, state: PathState): void;
	refused(refusal: Refusal | null): void;
}

interface Member {
	readonly gauge: Gauge;
	state: PathState;
	/** When to give up waiting, in milliseconds. */
	until: number;
}

/** What is sent here is sealed once, whoever it is for. */
const ANYBODY = "";

/** Joining, asking twice and a slow handshake fit into it. */
const GIVE_UP_MS = 10_000;

export class Relay {
	readonly #options: RelayOptions;
	readonly #members = new Map<string, Member>();
	readonly #publishing: Publishing;
	readonly #receiving: Receiving;
	#timer: Timer | null = null;
	#closed = false;

	constructor(options: RelayOptions) {
		this.#options = options;
		this.#publishing = new Publishing({ ...options, frames: () => options.frames(ANYBODY) });
		this.#receiving = new Receiving({
			...options,
			changed: () => this.#lookAgain(),
			replaced: () => this.#begin(),
		});
		this.#receiving.start();
	}

	/** Whose media is to come. */
	keep(participants: ReadonlySet<string>): void {
		for (const id of [...this.#members.keys()]) if (!participants.has(id)) this.#drop(id);
		for (const id of participants) if (!this.#members.has(id)) this.#add(id);
		this.#plan();
	}

	setTrack(slot: Slot, track: MediaStreamTrack | null): void {
		this.#publishing.setTrack(slot, track);
	}

	hear(offered: RelayOffered): void {
		this.#receiving.hear(offered);
	}

	/** After a Welcome. */
	resume(): void {
		this.#publishing.resume();
		for (const [id, { state }] of this.#members) this.#options.report(id, state);
	}

	/** The server speaks to a page that was here before this one: it has to begin anew. */
	replace(): void {
		this.#receiving.anew();
	}

	networkChanged(): void {
		this.#publishing.networkChanged();
		this.#receiving.networkChanged();
	}

	retry(): void {
		this.#publishing.retry();
		this.#receiving.retry();
	}

	close(): void {
		this.#closed = true;
		this.#timer?.cancel();
		for (const id of [...this.#members.keys()]) this.#drop(id);
		this.#publishing.close();
		this.#receiving.close();
	}

	#add(id: string): void {
		const until = this.#options.clock.now() + GIVE_UP_MS;
		const member: Member = { gauge: new Gauge(), state: "connecting", until };
		this.#members.set(id, member);
		this.#options.report(id, "connecting");
		this.#tell(id, member);
	}

	#drop(id: string): void {
		this.#members.delete(id);
		this.#options.changed(id, null);
	}

	/** Over a new connection everything has to arrive anew. */
	#begin(): void {
		for (const [id, member] of this.#members) {
			member.gauge.restart();
			if (member.state === "connected") this.#become(id, member, "connecting");
		}
	}

	#become(id: string, member: Member, state: PathState): void {
		if (member.state === state) return;
		member.state = state;
		if (state === "connecting") member.until = this.#options.clock.now() + GIVE_UP_MS;
		this.#options.report(id, state);
	}

	#tell(id: string, { gauge, state }: Member): void {
		this.#options.changed(id, {
			state,
			arrived: gauge.arrived,
			streams: this.#receiving.streamsOf(id),
			measured: gauge.measured,
		});
	}

	#lookAgain(): void {
		if (this.#closed) return;
		this.#timer?.cancel();
		this.#timer = null;
		void this.#look();
	}

	#plan(): void {
		if (this.#timer !== null || this.#closed || this.#members.size === 0) return;
		const waits = [...this.#members.values()].some(({ state }) => state !== "connected");
		this.#timer = this.#options.clock.after(waits ? SOON_MS : LATER_MS, () => {
			this.#timer = null;
			void this.#look();
		});
	}

	async #look(): Promise<void> {
		const { pc } = this.#receiving;
		// Rejects when the connection is closed while it counts.
		const report = pc === null ? null : await readReport(pc).catch(() => null);
		if (this.#closed) return;
		const current = pc === this.#receiving.pc;
		for (const [id, member] of this.#members) {
			this.#judge(id, member, current ? report : null);
			this.#tell(id, member);
		}
		this.#plan();
	}

	#judge(id: string, member: Member, report: readonly Entry[] | null): void {
		const { clock, expects } = this.#options;
		const now = clock.now();
		const mids = this.#receiving.midsOf(id);
		const works = this.#receiving.state === "connected" && mids.size > 0;
		if (!works && member.gauge.arrived) member.gauge.restart();
		if (works && report) member.gauge.observe(countersFrom(report, mids), expects(id), now);
		if (member.gauge.arrived) this.#become(id, member, "connected");
		else if (member.state === "connected") this.#become(id, member, "connecting");
		else if (now >= member.until) this.#become(id, member, "failed");
	}
}
