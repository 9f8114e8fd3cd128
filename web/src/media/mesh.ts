/** The direct paths to all other participants. */
import type { Clock, Timer } from "../core/clock";
import type { Signal } from "../protocol/generated";
import type { PathState } from "../state/media";
import { Decline } from "./decline";
import { type Incoming, Pair } from "./direct/pair";
import { type Expected, Gauge, LATER_MS, SOON_MS } from "./gauge";
import type { PathMedia } from "./path_choice";
import { UNMEASURED } from "./quality";
import { type FrameHooks, NO_TRACKS, type Slot, type Tracks } from "./slots";
import { countersFrom, readReport } from "./stats";

export interface MeshOptions {
	readonly clock: Clock;
	/** Where the frames to and from this participant are encrypted. */
	readonly frames: (participant: string) => FrameHooks | null;
	readonly makeConnection: () => RTCPeerConnection;
	readonly makeStream: (track: MediaStreamTrack) => MediaStream;
	readonly newId: () => string;
	readonly online: () => boolean;
	/** What this participant says to send: while the microphone is on, packets arrive all the time. */
	readonly expects: (participant: string) => Expected;
	send(signal: Omit<Signal, "type" | "ref">): void;
	/** Something about this participant's media changed; null: gone. */
	changed(participant: string, media: PathMedia | null): void;
	report(participant: string, state: PathState | "degraded"): void;
}

interface Member {
	readonly pair: Pair;
	readonly gauge: Gauge;
	readonly decline: Decline;
}

/**
 * That long without a packet though the microphone is on: the path is lost, also when the browser does not say
 * so. The relay needs a second to take over, and nobody is to wait for a picture for more than five.
 */
const SILENCE_LOST_MS = 1_900;

export class Mesh {
	readonly #options: MeshOptions;
	readonly #members = new Map<string, Member>();
	#you: string | null = null;
	#tracks: Tracks = NO_TRACKS;
	#timer: Timer | null = null;

	constructor(options: MeshOptions) {
		this.#options = options;
	}

	/** Keeps a path to each of `participants`; as another `you` than before, all of them anew. */
	keep(you: string, participants: readonly string[]): void {
		if (this.#you !== you) this.close();
		this.#you = you;
		const wanted = new Set(participants.filter((id) => id !== you));
		const before = this.#members.size;
		for (const id of [...this.#members.keys()]) if (!wanted.has(id)) this.#drop(id);
		for (const id of wanted) if (!this.#members.has(id)) this.#add(you, id);
		if (this.#members.size !== before) for (const { pair } of this.#members.values()) pair.limit();
		this.#watchQuality();
	}

	receive(sender: string, signal: Incoming): void {
		void this.#members.get(sender)?.pair.receive(signal);
	}

	/** Sends the track in this slot to everybody; null turns it off. */
	send(slot: Slot, track: MediaStreamTrack | null): void {
		this.#tracks = { ...this.#tracks, [slot]: track };
		for (const { pair } of this.#members.values()) pair.setTrack(slot, track);
	}

	/** After every Welcome: what was said on the paths that were there before may be lost. */
	comeBack(you: string, participants: readonly string[]): void {
		const before = new Set(this.#members.values());
		this.keep(you, participants);
		for (const member of this.#members.values()) if (before.has(member)) member.pair.resync();
	}

	/** The other one came back to the server; what we said meanwhile did not reach them. */
	resync(participant: string): void {
		this.#members.get(participant)?.pair.resync();
	}

	/** This browser has another network now. */
	networkChanged(): void {
		for (const { pair } of this.#members.values()) pair.restartIce();
	}

	retry(participant: string): void {
		this.#members.get(participant)?.pair.retry();
	}

	/** Participants whose media arrives. */
	alive(): readonly string[] {
		return [...this.#members]
			.filter(([, { pair }]) => pair.state === "connected")
			.map(([id]) => id);
	}

	close(): void {
		for (const id of [...this.#members.keys()]) this.#drop(id);
		this.#timer?.cancel();
		this.#timer = null;
	}

	#add(you: string, id: string): void {
		const { clock, frames, makeConnection, makeStream, newId, online, send } = this.#options;
		const pair = new Pair({
			// Compared by UTF-16 code units, as `<` does.
			impolite: you > id,
			clock,
			frames: frames(id),
			makeConnection,
			makeStream,
			newId,
			tracks: () => this.#tracks,
			peers: () => this.#members.size,
			online,
			send: (signal) => send({ to: id, ...signal }),
			changed: () => this.#tell(id),
			report: (state) => this.#report(id, state),
			// What others send may be anything; the path heals by itself.
			failed: () => undefined,
		});
		this.#members.set(id, { pair, gauge: new Gauge(), decline: new Decline() });
		this.#tell(id);
	}

	#drop(id: string): void {
		this.#members.get(id)?.pair.close();
		this.#members.delete(id);
		this.#options.changed(id, null);
	}

	#report(id: string, state: PathState): void {
		const member = this.#members.get(id);
		if (state === "connected") this.#watchClosely();
		else {
			member?.gauge.restart();
			member?.decline.forget();
		}
		this.#options.report(id, state);
	}

	#tell(id: string): void {
		const member = this.#members.get(id);
		if (!member) return;
		const { pair, gauge } = member;
		this.#options.changed(id, {
			state: pair.state,
			arrived: gauge.arrived,
			streams: pair.streams,
			measured: pair.state === "connected" ? gauge.measured : UNMEASURED,
		});
	}

	/** Soon, while somebody's first picture is awaited, or nothing comes of what should. */
	#watchQuality(): void {
		if (this.#timer !== null || this.#members.size === 0) return;
		const waits = [...this.#members].some(
			([id, { pair, gauge }]) =>
				pair.state === "connected" &&
				(!gauge.arrived || (!gauge.heard && this.#options.expects(id).sound)),
		);
		this.#timer = this.#options.clock.after(waits ? SOON_MS : LATER_MS, () => {
			this.#timer = null;
			const looks = [...this.#members].map(([id, member]) => this.#measure(id, member));
			void Promise.all(looks).then(() => this.#watchQuality());
		});
	}

	#watchClosely(): void {
		this.#timer?.cancel();
		this.#timer = null;
		this.#watchQuality();
	}

	async #measure(id: string, member: Member): Promise<void> {
		const { pair, gauge } = member;
		// Rejects when the connection is closed while it counts.
		const report = await readReport(pair.pc).catch(() => null);
		if (report === null || this.#members.get(id) !== member) return;
		const { clock, expects } = this.#options;
		const expected = expects(id);
		const measured = gauge.observe(countersFrom(report), expected, clock.now());
		this.#listen(member, expected.sound);
		if (measured) this.#judge(id, member);
		this.#tell(id);
	}

	#listen({ pair, gauge }: Member, speaks: boolean): void {
		if (gauge.heard) pair.sawPackets(true);
		else if (speaks && gauge.silence >= SILENCE_LOST_MS) pair.sawPackets(false);
	}

	#judge(id: string, { pair, gauge, decline }: Member): void {
		if (pair.state !== "connected" || !decline.observe(gauge.measured.quality)) return;
		this.#options.report(id, decline.declined ? "degraded" : "connected");
	}
}
