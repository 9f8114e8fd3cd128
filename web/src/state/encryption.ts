/** What people see of the encryption of a meeting. */
import type { Recognised } from "./devices";
import type { Meeting } from "./model";

/** Somebody whose keys are really in use. */
export interface InTheKeys {
	readonly participant: string;
	/** Public key that names their page. */
	readonly signKey: string;
	/** Of the device that vouches for it. */
	readonly device: string | null;
	readonly you: boolean;
	/** They have the key that this page sends with. */
	readonly hears: boolean;
	/** Their key is here, made for the same people. */
	readonly heard: boolean;
	/** By the device that vouches for their keys. */
	readonly recognised: Recognised;
}

interface KeyChange {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly what: "came" | "left";
	readonly name: string;
}

export interface Encryption {
	/** False: this browser cannot encrypt, so it sends and receives no picture and no sound. */
	readonly possible: boolean;
	readonly people: readonly InTheKeys[];
	/** Participants of whom the server said what is not true. */
	readonly untrue: readonly string[];
	/** 30 digits in groups of five; null until the keys are there. */
	readonly code: string | null;
	readonly compared: boolean;
	/** Newest first. */
	readonly changes: readonly KeyChange[];
	/** Participants of whom frames were opened. */
	readonly opened: ReadonlySet<string>;
}

export const NOTHING_ENCRYPTED: Encryption = {
	possible: true,
	people: [],
	untrue: [],
	code: null,
	compared: false,
	changes: [],
	opened: new Set(),
};

const MOST_CHANGES = 50;

/** The keys changed; `name` of a participant, also of one who has left. */
export function withPeople(
	before: Encryption,
	people: readonly InTheKeys[],
	untrue: readonly string[],
	name: (participant: string) => string,
	now: number,
): Encryption {
	const came = without(people, before.people);
	const left = without(before.people, people);
	const changes = [
		...came.map((one) => ({ at: now, what: "came" as const, name: name(one.participant) })),
		...left.map((one) => ({ at: now, what: "left" as const, name: name(one.participant) })),
	];
	return {
		...before,
		people,
		untrue,
		changes: [...changes.reverse(), ...before.changes].slice(0, MOST_CHANGES),
	};
}

function without(all: readonly InTheKeys[], those: readonly InTheKeys[]): readonly InTheKeys[] {
	const known = new Set(those.map(({ signKey }) => signKey));
	return all.filter(({ you, signKey }) => !you && !known.has(signKey));
}

/** Whoever compared it did so with other people. */
export function withCode(before: Encryption, code: string | null): Encryption {
	return code === before.code ? before : { ...before, code, compared: false };
}

/** Who comes with another device than before: worth comparing the code, until somebody did. */
export function strangers({ people, compared }: Encryption): readonly InTheKeys[] {
	return compared ? [] : people.filter(({ you, recognised }) => !you && recognised === "other");
}

/**
 * Whether everybody here opens everybody: all keys are given and acknowledged, and of each who sends
 * something frames were opened.
 */
export function isEncrypted(encryption: Encryption, meeting: Meeting): boolean {
	if (encryption.code === null || encryption.untrue.length > 0) return false;
	const holders = new Map(encryption.people.map((one) => [one.participant, one]));
	return meeting.participants.every((one) => {
		const holder = holders.get(one.id);
		if (holder?.you || one.away) return true;
		const sends = one.microphone || one.camera || one.screen;
		return holder?.hears && holder.heard && (!sends || encryption.opened.has(one.id));
	});
}
