/** What getStats says, in the few numbers that quality needs. */
import type { Counters } from "./quality";

/** A report is an own property bag; every browser leaves out what it does not measure. */
interface Entry {
	readonly type?: unknown;
	readonly nominated?: unknown;
	readonly packetsReceived?: unknown;
	readonly packetsLost?: unknown;
	readonly totalFreezesDuration?: unknown;
	readonly currentRoundTripTime?: unknown;
	readonly roundTripTime?: unknown;
}

function numeric(entry: Entry, key: keyof Entry): number | null {
	const value = entry[key];
	return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function countersFrom(report: Iterable<Entry>): Counters {
	let received = 0;
	let lost = 0;
	let frozen = 0;
	let pairTrip: number | null = null;
	let reportedTrip: number | null = null;
	for (const entry of report) {
		if (entry.type === "inbound-rtp") {
			received += numeric(entry, "packetsReceived") ?? 0;
			lost += numeric(entry, "packetsLost") ?? 0;
			frozen += numeric(entry, "totalFreezesDuration") ?? 0;
		} else if (entry.type === "candidate-pair" && entry.nominated === true) {
			pairTrip = numeric(entry, "currentRoundTripTime") ?? pairTrip;
		} else if (entry.type === "remote-inbound-rtp") {
			reportedTrip = numeric(entry, "roundTripTime") ?? reportedTrip;
		}
	}
	// From the connectivity checks where the browser says so, else from receiver reports.
	const trip = pairTrip ?? reportedTrip;
	return { received, lost, frozen, roundTripMs: trip === null ? null : trip * 1_000 };
}

export async function readCounters(pc: RTCPeerConnection): Promise<Counters> {
	const report = await pc.getStats();
	return countersFrom(report.values() as Iterable<Entry>);
}
