/** Who may hold keys: what the server announces, as far as it is true. */
import { type Bytes, fields, fromBase64, toBase64, utf8 } from "./bytes";
import { type DeviceProof, provenDevice } from "./device";
import { isVouched, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "./identity";

/** As announced; keys and signature in base64url. */
export interface Entry {
	readonly participant: string;
	/** 0 to 255; another one whenever somebody comes with other keys. */
	readonly leaf: number;
	readonly signKey: string;
	readonly dhKey: string;
	readonly signature: string;
	readonly device?: DeviceProof | null;
}

/** An entry that was found to be true. */
export interface Member {
	readonly participant: string;
	readonly leaf: number;
	readonly signKey: Bytes;
	readonly dhKey: Bytes;
	/** base64url; null when none vouches for these keys. */
	readonly device: string | null;
	readonly entry: Entry;
}

/**
 * Why an entry is not true: it is not what an entry is; nobody vouches for its keys; it is not what it was
 * before; its leaf is somebody else's; it names this page and has other keys.
 */
export type Untrue = "malformed" | "unsigned" | "changed" | "leaf taken" | "not ours";

/** What else there is against a member, or null. */
export type Check = (member: Member) => Promise<Untrue | null>;

export interface Refused {
	readonly participant: string;
	readonly why: Untrue;
}

export interface Roster {
	readonly meeting: string;
	/** By participant. */
	readonly members: ReadonlyMap<string, Member>;
	readonly refused: readonly Refused[];
	/** base64url of SHA-256 over the meeting and all members. */
	readonly hash: string;
}

export async function emptyRoster(meeting: string): Promise<Roster> {
	return finished(meeting, new Map(), []);
}

/**
 * The roster after an announcement of everybody. Who was known stays as known for as long as they are
 * announced with their leaf: an entry that changes is refused, and so is one that takes somebody's leaf.
 */
export async function announce(
	before: Roster,
	entries: readonly Entry[],
	check: Check,
): Promise<Roster> {
	const members = new Map<string, Member>();
	const refused: Refused[] = [];
	for (const entry of entries) {
		const known = before.members.get(entry.participant);
		if (known?.leaf !== entry.leaf) continue;
		members.set(entry.participant, known);
		if (!isSame(known.entry, entry))
			refused.push({ participant: entry.participant, why: "changed" });
	}
	const leaves = new Set([...members.values()].map((member) => member.leaf));
	for (const entry of entries) {
		if (before.members.get(entry.participant)?.leaf === entry.leaf) continue;
		const read = await readEntry(before.meeting, entry, check);
		const member = typeof read === "string" ? read : (objection(read, members, leaves) ?? read);
		if (typeof member === "string") {
			refused.push({ participant: entry.participant, why: member });
			continue;
		}
		members.set(member.participant, member);
		leaves.add(member.leaf);
	}
	return finished(before.meeting, members, refused);
}

function objection(
	member: Member,
	members: ReadonlyMap<string, Member>,
	leaves: ReadonlySet<number>,
): Untrue | null {
	if (members.has(member.participant)) return "changed";
	return leaves.has(member.leaf) ? "leaf taken" : null;
}

async function readEntry(meeting: string, entry: Entry, check: Check): Promise<Member | Untrue> {
	const signKey = fromBase64(entry.signKey, PUBLIC_KEY_BYTES);
	const dhKey = fromBase64(entry.dhKey, PUBLIC_KEY_BYTES);
	const signature = fromBase64(entry.signature, SIGNATURE_BYTES);
	const { leaf, participant } = entry;
	if (!signKey || !dhKey || !signature || !isLeaf(leaf) || !ID.test(participant))
		return "malformed";
	if (!(await isVouched({ signKey, dhKey }, meeting, participant, signature))) return "unsigned";
	const proof = entry.device ?? null;
	const device = proof && (await provenDevice(proof, signKey, meeting, participant));
	const member = { participant, leaf, signKey, dhKey, device, entry };
	return (await check(member)) ?? member;
}

const ID = /^[\w-]{1,64}$/;

function isLeaf(leaf: number): boolean {
	return Number.isInteger(leaf) && leaf >= 0 && leaf <= 255;
}

function isSame(one: Entry, other: Entry): boolean {
	return (
		one.signKey === other.signKey && one.dhKey === other.dhKey && one.signature === other.signature
	);
}

/** Who somebody is, as bytes. */
export function publicParts(one: Pick<Member, "participant" | "signKey" | "dhKey">): Bytes[] {
	return [utf8(one.participant), one.signKey, one.dhKey];
}

async function finished(
	meeting: string,
	members: ReadonlyMap<string, Member>,
	refused: readonly Refused[],
): Promise<Roster> {
	const byLeaf = [...members.values()].sort((one, other) => one.leaf - other.leaf);
	const all = byLeaf.map((member) =>
		fields("meetd member 1", Uint8Array.of(member.leaf), ...publicParts(member)),
	);
	const hashed = fields("meetd roster 1", utf8(meeting), ...all);
	const hash = toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", hashed)));
	return { meeting, members, refused, hash };
}
