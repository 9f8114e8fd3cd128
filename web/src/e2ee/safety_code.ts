/** What people read to each other to find that nobody is between them. */
import { fields, utf8 } from "./bytes";
import { type Member, publicParts } from "./roster";

const GROUPS = 6;
/** 40 bits for each group of five digits, so that no digit is more likely than another. */
const BYTES_PER_GROUP = 5;
/**
 * Whoever forks a meeting looks for two sets of keys with one code, and may try as many as they like: 30
 * digits alone are found by chance after 2^50 tries. Each try costs this many rounds, and a page about 30 ms.
 */
const ROUNDS = 100_000;

/** 30 digits in groups of five, the same for the same people with the same keys, whatever their order. */
export async function safetyCode(meeting: string, members: Iterable<Member>): Promise<string> {
	const sorted = [...members].sort((one, other) => (one.participant < other.participant ? -1 : 1));
	const all = fields("meetd safety code 1", utf8(meeting), ...sorted.flatMap(publicParts));
	const digest = await crypto.subtle.digest("SHA-256", all);
	return digits(await stretch(digest));
}

async function stretch(digest: ArrayBuffer): Promise<Uint8Array> {
	const key = await crypto.subtle.importKey("raw", digest, "PBKDF2", false, ["deriveBits"]);
	const salt = utf8("meetd safety code 1");
	const pbkdf2 = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
	return new Uint8Array(await crypto.subtle.deriveBits(pbkdf2, key, GROUPS * BYTES_PER_GROUP * 8));
}

function digits(bytes: Uint8Array): string {
	return Array.from({ length: GROUPS }, (_, group) => {
		const part = bytes.subarray(group * BYTES_PER_GROUP, (group + 1) * BYTES_PER_GROUP);
		const number = part.reduce((sum, byte) => sum * 256 + byte, 0);
		return String(number % 100_000).padStart(5, "0");
	}).join(" ");
}
