/** What getStats says, in the few numbers that quality needs. */
import type { Counters } from "./quality";

/** A report is an own property bag; every browser leaves out what it does not measure. */
export interface Entry {
	readonly type?: unknown;
	readonly mid?: unknown;
	readonly timestamp?: unknown;
	readonly lastPacketReceivedTimestamp?: unknown;
	readonly nominated?: unknown;
	readonly packetsReceived?: unknown;
	readonly packetsLost?: unknown;
	readonly bytesReceived?: unknown;
	readonly framesDecoded?: unknown;
	readonly frameHeight?: unknown;
	readonly totalFreezesDuration?: unknown;
	readonly currentRoundTripTime?: unknown;
	readonly roundTripTime?: unknown;
}

function numeric(entry: Entry, key: keyof Entry): number | null {
	const value = entry[key];
	return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** `mids`: only of the streams in these sections; all of them when it is left out. */
export function countersFrom(report: Iterable<Entry>, mids?: ReadonlySet<unknown>): Counters {
	const entries = [...report];
	const inbound = entries.filter(
		({ type, mid }) => type === "inbound-rtp" && (mids === undefined || mids.has(mid)),
	);
	const sum = (key: keyof Entry) =>
		inbound.reduce((total, entry) => total + (numeric(entry, key) ?? 0), 0);
	const quiet = inbound.map(quietOf).filter((ms) => ms !== null);
	const heights = inbound.map((entry) => numeric(entry, "frameHeight") ?? 0);
	return {
		received: sum("packetsReceived"),
		lost: sum("packetsLost"),
		bytes: sum("bytesReceived"),
		frames: sum("framesDecoded"),
		frozen: sum("totalFreezesDuration"),
		height: Math.max(0, ...heights) || null,
		roundTripMs: roundTripOf(entries),
		quietMs: quiet.length > 0 ? Math.min(...quiet) : null,
	};
}

function quietOf(entry: Entry): number | null {
	const now = numeric(entry, "timestamp");
	const last = numeric(entry, "lastPacketReceivedTimestamp");
	return now === null || last === null ? null : Math.max(0, now - last);
}

/** From the connectivity checks where the browser says so, else from receiver reports. */
function roundTripOf(entries: readonly Entry[]): number | null {
	let pairTrip: number | null = null;
	let reportedTrip: number | null = null;
	for (const entry of entries) {
		if (entry.type === "candidate-pair" && entry.nominated === true) {
			pairTrip = numeric(entry, "currentRoundTripTime") ?? pairTrip;
		} else if (entry.type === "remote-inbound-rtp") {
			reportedTrip = numeric(entry, "roundTripTime") ?? reportedTrip;
		}
	}
	const trip = pairTrip ?? reportedTrip;
	return trip === null ? null : trip * 1_000;
}

/** Rejects when the connection is closed while it counts. */
export async function readReport(pc: RTCPeerConnection): Promise<readonly Entry[]> {
	const report = await pc.getStats();
	return [...(report.values() as Iterable<Entry>)];
}
