/** Of two paths to one participant, which one is shown: the old one until the new one brings something. */
import type { PathKind, PathState } from "../state/media";
import type { Path } from "../state/model";
import type { Measured } from "./quality";
import type { Slot } from "./slots";

export type Streams = Readonly<Record<Slot, MediaStream | null>>;

/** One participant's media over one path. */
export interface PathMedia {
	readonly state: PathState;
	/** Media of theirs came over it, as far as there is any. */
	readonly arrived: boolean;
	readonly streams: Streams | null;
	readonly measured: Measured;
}

/** Null: there is no such path now. */
export type Ways = Readonly<Record<PathKind, PathMedia | null>>;

const OTHER = { direct: "relayed", relayed: "direct" } as const;

function works(media: PathMedia | null): boolean {
	return media !== null && media.state === "connected" && media.arrived;
}

/** `shown` until now; `wanted`: by the server. */
export function choosePath(shown: PathKind, wanted: PathKind, ways: Ways): PathKind {
	if (works(ways[wanted])) return wanted;
	const other = OTHER[wanted];
	if (works(ways[other])) return other;
	if (ways[shown] !== null) return shown;
	return ways[OTHER[shown]] !== null ? OTHER[shown] : wanted;
}

/**
 * As the person sees it. A direct path that failed is no failure while the server may still send the pair
 * through the relay; `online`: it can be asked.
 */
export function stateOf(ways: Ways, told: Path | null, online: boolean): PathState {
	const { direct, relayed } = ways;
	if (direct?.state === "connected" || relayed?.state === "connected") return "connected";
	if (told?.path === "relayed") return relayed?.state ?? (online ? "connecting" : "failed");
	if (relayed !== null && relayed.state !== "failed") return "connecting";
	const last = !online || told?.state === "failed";
	return direct?.state === "failed" && !last ? "connecting" : (direct?.state ?? "connecting");
}

/**
 * Is a direct path to be had, or kept? For a crowd none is begun, and one that never carried anything is not
 * waited for; where it failed it goes on trying until the relay has taken over.
 */
export function needsDirect(told: Path | null, direct: PathMedia | null): boolean {
	if (told === null || told.path === "direct") return true;
	if (told.state === "connected" || direct === null || told.why === "setting") return false;
	return told.why !== "crowd" || direct.state === "connected";
}

/** Is the relay to carry media, or to go on carrying it until the direct path does? */
export function needsRelay(told: Path | null, relayed: PathMedia | null): boolean {
	if (told?.path === "relayed") return true;
	return relayed?.arrived === true && told?.state === "connecting";
}
