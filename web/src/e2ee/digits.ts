/** Digits that stand for keys, for people to compare. */
import type { Bytes } from "./bytes";
import { utf8 } from "./bytes";

/** 40 bits for each group of five digits, so that no digit is more likely than another. */
const BYTES_PER_GROUP = 5;
/**
 * Whoever looks for other keys with the same digits may try as many as they like: 30 digits alone are found
 * twice by chance after 2^50 tries. Each try costs this many rounds, and a page about 30 ms.
 */
const ROUNDS = 100_000;

/** `groups` of five digits. `purpose` and `all`: what they stand for. */
export async function digitsOf(purpose: string, all: Bytes, groups: number): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", all);
	const key = await crypto.subtle.importKey("raw", digest, "PBKDF2", false, ["deriveBits"]);
	const pbkdf2 = { name: "PBKDF2", hash: "SHA-256", salt: utf8(purpose), iterations: ROUNDS };
	return written(
		new Uint8Array(await crypto.subtle.deriveBits(pbkdf2, key, groups * BYTES_PER_GROUP * 8)),
	);
}

function written(bytes: Uint8Array): string {
	const groups = Array.from({ length: bytes.length / BYTES_PER_GROUP }, (_, group) => {
		const part = bytes.subarray(group * BYTES_PER_GROUP, (group + 1) * BYTES_PER_GROUP);
		const number = part.reduce((sum, byte) => sum * 256 + byte, 0);
		return String(number % 100_000).padStart(5, "0");
	});
	return groups.join(" ");
}
