/**
 * Random ids. By getRandomValues, because randomUUID does not exist on plain http, where a meeting
 * without camera and microphone has to work too.
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** An id of 6 random bits per character. */
export function randomId(length: number): string {
	const bytes = crypto.getRandomValues(new Uint8Array(length));
	return Array.from(bytes, (byte) => ALPHABET.charAt(byte & 63)).join("");
}
