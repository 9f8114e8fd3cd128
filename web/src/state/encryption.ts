/** What people see of the encryption of a meeting. */
import type { Participant } from "../protocol/generated";
import type { Recognised } from "./devices";
import type { Meeting } from "./model";

/** Somebody whose keys are really in use. */
export interface InTheKeys {
	readonly participant: string;
	/** As it was when the keys changed last. */
	readonly name: string;
	/** Public key that names their page. */
	readonly signKey: string;
	/** Of the device that vouches for it. */
	readonly device: string | null;
	readonly you: boolean;
	/** They proved that they have the key that this page sends with. */
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

/** A code that this person compared, and with whom. */
interface Comparison {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly code: string;
	readonly people: readonly InTheKeys[];
}

/** Names of who is here and was not, and the other way round. */
interface Difference {
	readonly came: readonly string[];
	readonly left: readonly string[];
}

export interface Encryption {
	/** False: this browser cannot encrypt, so it sends and receives no picture and no sound. */
	readonly possible: boolean;
	readonly people: readonly InTheKeys[];
	/** Participants of whom the server said what is not true. */
	readonly untrue: readonly string[];
	/** 30 digits in groups of five; null until the keys are there. */
	readonly code: string | null;
	/** Whose code it is: `people` is ahead of it while the next one is being made. */
	readonly codeOf: readonly InTheKeys[];
	/** Whose the code before was; empty: there was none. */
	readonly codeBefore: readonly InTheKeys[];
	/** It changed a moment ago: who was about to mark the one before has not seen this one. */
	readonly settling: boolean;
	/** The last one, also once the code is another. */
	readonly comparison: Comparison | null;
	/** Newest first. */
	readonly changes: readonly KeyChange[];
	/** Participants of whom frames were opened. */
	readonly opened: ReadonlySet<string>;
	/** Participants of whom comes what their newest key does not open, though it should by now. */
	readonly behind: ReadonlySet<string>;
	/** Participants of whom no keys came for a while: most likely their browser cannot encrypt. */
	readonly keyless: ReadonlySet<string>;
}

export const NOTHING_ENCRYPTED: Encryption = {
	possible: true,
	people: [],
	untrue: [],
	code: null,
	codeOf: [],
	codeBefore: [],
	settling: false,
	comparison: null,
	changes: [],
	opened: new Set(),
	behind: new Set(),
	keyless: new Set(),
};

const MOST_CHANGES = 50;

/** The keys changed. */
export function withPeople(
	before: Encryption,
	people: readonly InTheKeys[],
	untrue: readonly string[],
	now: number,
): Encryption {
	const { came, left } = difference(before.people, people);
	const changes = [
		...came.map((name) => ({ at: now, what: "came" as const, name })),
		...left.map((name) => ({ at: now, what: "left" as const, name })),
	];
	return {
		...before,
		people,
		untrue,
		changes: [...changes.reverse(), ...before.changes].slice(0, MOST_CHANGES),
	};
}

function difference(before: readonly InTheKeys[], now: readonly InTheKeys[]): Difference {
	const names = (people: readonly InTheKeys[]) => people.map(({ name }) => name);
	return { came: names(without(now, before)), left: names(without(before, now)) };
}

function without(all: readonly InTheKeys[], those: readonly InTheKeys[]): readonly InTheKeys[] {
	const known = new Set(those.map(({ signKey }) => signKey));
	return all.filter(({ you, signKey }) => !you && !known.has(signKey));
}

/** The code of `people` is made. Another one than before settles first, or one after none. */
export function withCode(
	before: Encryption,
	code: string | null,
	people: readonly InTheKeys[],
): Encryption {
	if (code === before.code) return { ...before, codeOf: people };
	const codeBefore = before.code === null ? [] : before.codeOf;
	return { ...before, code, codeOf: people, codeBefore, settling: code !== null };
}

/** There is somebody to compare the code with, and it was there for long enough to be read. */
export function isComparable({ code, codeOf, settling }: Encryption): boolean {
	return code !== null && !settling && codeOf.some(({ you }) => !you);
}

/** Unchanged when `code` is not the one that is shown by now, or cannot have been compared. */
export function withComparison(before: Encryption, code: string, now: number): Encryption {
	if (code !== before.code || !isComparable(before)) return before;
	return { ...before, comparison: { at: now, code, people: before.codeOf } };
}

/** With exactly these keys: the same code comes back with the same people. */
export function isCompared({ code, comparison }: Encryption): boolean {
	return code !== null && comparison?.code === code;
}

/** Of the code, against the one before it. */
export function lastChange({ codeBefore, codeOf }: Encryption): Difference {
	return codeBefore.length > 0 ? difference(codeBefore, codeOf) : { came: [], left: [] };
}

/** Of the code, against the one that was compared. */
export function sinceCompared({ comparison, codeOf }: Encryption): Difference {
	return comparison ? difference(comparison.people, codeOf) : { came: [], left: [] };
}

/** Who comes with another device than before: worth comparing the code, until somebody did. */
export function strangers(encryption: Encryption): readonly InTheKeys[] {
	if (isCompared(encryption)) return [];
	return encryption.people.filter(({ you, recognised }) => !you && recognised === "other");
}

/** Whose keys are all there and of whom nothing arrives that opens, though they send something. */
export function silent(encryption: Encryption, meeting: Meeting): readonly Participant[] {
	const exchanged = new Set(encryption.people.filter(hasAll).map(({ participant }) => participant));
	return meeting.participants.filter(
		(one) =>
			one.id !== meeting.you &&
			exchanged.has(one.id) &&
			// What they send is the server's word; what arrives is not.
			(encryption.behind.has(one.id) || (isSending(one) && !encryption.opened.has(one.id))),
	);
}

/**
 * Everybody who is to have keys has them all. Of those in the keys nobody is left out because the server
 * says something of them: that they are away, or not here.
 */
export function isKeyed({ code, people, keyless }: Encryption, meeting: Meeting): boolean {
	if (code === null || !people.every(hasAll)) return false;
	const holders = new Set(people.map(({ participant }) => participant));
	return meeting.participants.every(({ id, away }) => holders.has(id) || away || keyless.has(id));
}

function hasAll({ you, hears, heard }: InTheKeys): boolean {
	return you || (hears && heard);
}

/**
 * Whether everybody here opens everybody: all keys are given, which each has proved, and of each who sends
 * something frames were opened. Who has no keys is sent nothing and sends nothing.
 */
export function isEncrypted(encryption: Encryption, meeting: Meeting): boolean {
	const { untrue } = encryption;
	return (
		untrue.length === 0 && isKeyed(encryption, meeting) && silent(encryption, meeting).length === 0
	);
}

function isSending({ microphone, camera, screen }: Participant): boolean {
	return microphone || camera || screen;
}
