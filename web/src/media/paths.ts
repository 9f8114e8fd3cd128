/**
 * Everybody's media over the path that the server chose for each, direct or relayed, and over both while it
 * moves: the old one goes until the new one brings something.
 */
import type { Refusal, RelayOffered } from "../protocol/generated";
import type { PathKind, PathState, RemoteMedia } from "../state/media";
import type { Path } from "../state/model";
import type { Incoming } from "./direct/pair";
import { Mesh, type MeshOptions } from "./mesh";
import { choosePath, needsDirect, needsRelay, type PathMedia, stateOf } from "./path_choice";
import { UNMEASURED } from "./quality";
import { type OnDemandOptions, RelayOnDemand } from "./relay/on_demand";
import { NO_TRACKS, type Slot, type Tracks } from "./slots";
import type { ShownTiles } from "./tiles";

type Reported = PathState | "degraded";

const LASTING: ReadonlySet<Refusal["code"]> = new Set(["RelayFull", "RelayOfferInvalid"]);

export interface PathsOptions
	extends Pick<MeshOptions, "clock" | "frames" | "makeStream" | "newId" | "online" | "send">,
		Pick<OnDemandOptions, "load" | "ask"> {
	readonly tiles: ShownTiles;
	readonly makeDirect: () => RTCPeerConnection;
	readonly makeRelayed: () => RTCPeerConnection;
	/** What this participant says to send. */
	readonly sends: (participant: string) => {
		readonly microphone: boolean;
		readonly camera: boolean;
	};
	/** Something about this participant's media changed; null: gone. */
	changed(participant: string, media: RemoteMedia | null): void;
	report(participant: string, path: PathKind, state: Reported): void;
	/** Why the relay does not take what this page sends; null: it does, or need not. */
	unsent(refusal: Refusal | null): void;
}

/** Who is in the meeting, and what the server last said. */
export interface Situation {
	readonly you: string;
	readonly participants: readonly string[];
	readonly paths: Readonly<Record<string, Path>>;
	readonly relayedOnly: boolean;
}

interface Person {
	told: Path | null;
	/** The last reason for the relay: it still is one while the media goes back. */
	why: Path["why"];
	direct: PathMedia | null;
	relayed: PathMedia | null;
	shown: PathKind;
	/** The direct path is connected, which is to be said once it brings something. */
	held: boolean;
}

export class Paths {
	readonly #options: PathsOptions;
	readonly #mesh: Mesh;
	readonly #relay: RelayOnDemand;
	readonly #people = new Map<string, Person>();
	#tracks: Tracks = NO_TRACKS;
	#refusal: Refusal | null = null;

	constructor(options: PathsOptions) {
		this.#options = options;
		const { tiles } = options;
		const expects = (id: string) => {
			const { microphone, camera } = options.sends(id);
			return { sound: microphone, picture: camera };
		};
		this.#mesh = new Mesh({
			...options,
			makeConnection: options.makeDirect,
			expects,
			changed: (id, media) => this.#heard(id, "direct", media),
			report: (id, state) => this.#reportDirect(id, state),
		});
		this.#relay = new RelayOnDemand({
			...options,
			makeConnection: options.makeRelayed,
			tracks: () => this.#tracks,
			expects: (id) => ({ ...expects(id), picture: expects(id).picture && tiles.shows(id) }),
			changed: (id, media) => this.#heard(id, "relayed", media),
			report: (id, state) => options.report(id, "relayed", state),
			refused: (refusal) => this.#refused(refusal),
			began: () => tiles.follow(true),
		});
	}

	/** Keeps the paths to everybody as the server wants them. */
	keep(situation: Situation): void {
		this.#meet(situation);
		this.#mesh.keep(situation.you, this.#direct(situation));
		this.#keepRelay();
	}

	/** After every Welcome. */
	comeBack(situation: Situation): void {
		const carried = [...this.#people.values()].some(({ relayed }) => relayed?.arrived);
		// The server restarted, or gave this participant up meanwhile: what it had of the relay is gone.
		const forgotten = carried && !Object.values(situation.paths).some(isReceived);
		if (forgotten) this.#relay.close();
		this.#meet(situation);
		this.#mesh.comeBack(situation.you, this.#direct(situation));
		this.#relay.resume(Object.values(situation.paths).some(isReceived));
		this.#keepRelay();
	}

	receive(sender: string, signal: Incoming): void {
		this.#mesh.receive(sender, signal);
	}

	offered(offered: RelayOffered): void {
		this.#relay.hear(offered);
	}

	/** Sends the track in this slot to everybody, over whichever path; null turns it off. */
	send(slot: Slot, track: MediaStreamTrack | null): void {
		this.#tracks = { ...this.#tracks, [slot]: track };
		this.#mesh.send(slot, track);
		this.#relay.setTrack(slot, track);
	}

	/** The other one came back to the server. */
	resync(participant: string): void {
		this.#mesh.resync(participant);
	}

	/** This browser has another network now. */
	networkChanged(): void {
		this.#mesh.networkChanged();
		this.#relay.networkChanged();
	}

	/** On request of the person. */
	retry(participant: string): void {
		this.#mesh.retry(participant);
		if (this.#people.get(participant)?.told?.path === "relayed") this.#relay.retry();
	}

	/** Participants whose media arrives without the server. */
	alive(): readonly string[] {
		return this.#mesh.alive();
	}

	close(): void {
		this.#mesh.close();
		this.#relay.close();
		this.#options.tiles.follow(false);
		for (const id of this.#people.keys()) this.#options.changed(id, null);
		this.#people.clear();
		this.#refusal = null;
		this.#options.unsent(null);
	}

	#meet({ you, participants, paths }: Situation): void {
		const here = new Set(participants.filter((id) => id !== you));
		for (const id of [...this.#people.keys()]) if (!here.has(id)) this.#forget(id);
		for (const id of here) this.#hearOf(id, (Object.hasOwn(paths, id) && paths[id]) || null);
	}

	#hearOf(id: string, told: Path | null): void {
		const known = this.#people.get(id);
		if (known && known.told === told) return;
		const person = known ?? newPerson(told);
		this.#people.set(id, person);
		person.told = told;
		if (told?.path === "relayed") person.why = told.why;
		this.#tell(id, person);
	}

	#forget(id: string): void {
		this.#people.delete(id);
		this.#options.changed(id, null);
	}

	#direct({ relayedOnly }: Situation): readonly string[] {
		if (relayedOnly) return [];
		return [...this.#people]
			.filter(([, { told, direct }]) => needsDirect(told, direct))
			.map(([id]) => id);
	}

	#keepRelay(): void {
		const wanted = [...this.#people].filter(([, { told, relayed }]) => needsRelay(told, relayed));
		this.#relay.keep(new Set(wanted.map(([id]) => id)));
		if (wanted.length === 0) this.#options.tiles.follow(false);
		this.#options.unsent(wanted.length === 0 ? null : this.#refusal);
	}

	#heard(id: string, path: PathKind, media: PathMedia | null): void {
		const person = this.#people.get(id);
		if (!person) return;
		person[path] = media;
		if (path === "direct" && person.held && media?.arrived) {
			person.held = false;
			this.#options.report(id, "direct", "connected");
		}
		this.#tell(id, person);
	}

	/** While the relay carries the media, a direct path is none before it brings something. */
	#reportDirect(id: string, state: Reported): void {
		const person = this.#people.get(id);
		const held = state === "connected" && person?.relayed?.arrived === true;
		if (person) person.held = held && !person.direct?.arrived;
		if (!person?.held) this.#options.report(id, "direct", state);
	}

	#refused(refusal: Refusal | null): void {
		// Others mean that the path became another meanwhile, or that it goes on in a moment.
		if (refusal !== null && !LASTING.has(refusal.code)) return;
		this.#refusal = refusal;
		this.#options.unsent(refusal);
		for (const [id, person] of this.#people) this.#tell(id, person);
	}

	#tell(id: string, person: Person): void {
		person.shown = choosePath(person.shown, person.told?.path ?? "direct", person);
		const media = person[person.shown];
		const state = stateOf(person, person.told, this.#options.online());
		this.#options.changed(id, {
			state,
			path: state === "failed" ? (person.told?.path ?? person.shown) : person.shown,
			why: person.shown === "relayed" ? person.why : "",
			refusal: state === "failed" ? this.#refusal : null,
			cameraStream: media?.streams?.camera ?? null,
			screenStream: media?.streams?.screen ?? null,
			microphoneStream: media?.streams?.microphone ?? null,
			screenSoundStream: media?.streams?.screenSound ?? null,
			...(media?.measured ?? UNMEASURED),
		});
	}
}

function newPerson(told: Path | null): Person {
	const shown = told?.path ?? "direct";
	return { told, why: "", direct: null, relayed: null, shown, held: false };
}

/** Right after a Welcome it was this page that received it, or one before it in the same seat. */
function isReceived({ path, state }: Path): boolean {
	return path === "relayed" && state === "connected";
}
