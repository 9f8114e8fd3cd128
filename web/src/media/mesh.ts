/** The direct paths to all other participants. */
import type { Clock, Timer } from "../core/clock";
import type { Signal } from "../protocol/generated";
import type { RemoteMedia } from "../state/media";
import { type Incoming, Pair } from "./direct/pair";
import type { PathState } from "./direct/path_watch";
import { type Counters, type Measured, measure, UNMEASURED } from "./quality";
import { type FrameHooks, NO_TRACKS, type Slot, type Tracks } from "./slots";
import { readCounters } from "./stats";

export interface MeshOptions {
	readonly clock: Clock;
	/** Where the frames to and from this participant are encrypted. */
	readonly frames: (participant: string) => FrameHooks | null;
	readonly makeConnection: () => RTCPeerConnection;
	readonly makeStream: (track: MediaStreamTrack) => MediaStream;
	readonly newId: () => string;
	readonly online: () => boolean;
	/** Whether this participant says that the microphone is on: then packets arrive all the time. */
	readonly speaks: (participant: string) => boolean;
	send(signal: Omit<Signal, "type" | "ref">): void;
	/** Something about this participant's media changed; null: gone. */
	changed(participant: string, media: RemoteMedia | null): void;
	report(participant: string, state: PathState): void;
}

interface Member {
	readonly pair: Pair;
	counters: Counters | null;
	measured: Measured;
	/** How often in a row nothing arrived though the microphone is on. */
	silences: number;
}

const STATS_EVERY_MS = 2_000;
/** 4 seconds of nothing: the path is lost, also when the browser does not say so. */
const SILENCES_LOST = 2;

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
		const { clock, frames, makeConnection, makeStream, newId, online, send, report } =
			this.#options;
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
			report: (state) => report(id, state),
			// What others send may be anything; the path heals by itself.
			failed: () => undefined,
		});
		this.#members.set(id, { pair, counters: null, measured: UNMEASURED, silences: 0 });
		this.#tell(id);
	}

	#drop(id: string): void {
		this.#members.get(id)?.pair.close();
		this.#members.delete(id);
		this.#options.changed(id, null);
	}

	#tell(id: string): void {
		const member = this.#members.get(id);
		if (!member) return;
		const { streams, state } = member.pair;
		this.#options.changed(id, {
			state,
			cameraStream: streams?.camera ?? null,
			screenStream: streams?.screen ?? null,
			microphoneStream: streams?.microphone ?? null,
			screenSoundStream: streams?.screenSound ?? null,
			...(state === "connected" ? member.measured : UNMEASURED),
		});
	}

	#watchQuality(): void {
		if (this.#timer !== null || this.#members.size === 0) return;
		this.#timer = this.#options.clock.after(STATS_EVERY_MS, () => {
			this.#timer = null;
			for (const [id, member] of this.#members) void this.#measure(id, member);
			this.#watchQuality();
		});
	}

	async #measure(id: string, member: Member): Promise<void> {
		// Rejects when the connection is closed while it counts.
		const counters = await readCounters(member.pair.pc).catch(() => null);
		if (counters === null || this.#members.get(id) !== member) return;
		const before = member.counters;
		member.counters = counters;
		if (before === null) return;
		member.measured = measure(before, counters);
		this.#listen(id, member, counters.received !== before.received);
		this.#tell(id);
	}

	#listen(id: string, member: Member, arrived: boolean): void {
		member.silences = arrived || !this.#options.speaks(id) ? 0 : member.silences + 1;
		if (arrived) member.pair.sawPackets(true);
		else if (member.silences >= SILENCES_LOST) member.pair.sawPackets(false);
	}
}
