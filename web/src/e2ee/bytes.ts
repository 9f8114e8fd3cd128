/** Bytes, and the one way in which several things become the bytes that are hashed or signed. */

export type Bytes = Uint8Array<ArrayBuffer>;

export function utf8(text: string): Bytes {
	return new TextEncoder().encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
	const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** Big-endian, 4 bytes. */
export function uint32(value: number): Bytes {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value);
	return bytes;
}

/**
 * What the bytes are for, then every part with its length (2 bytes) before it: no two lists of parts give
 * the same bytes, and no signature for one purpose serves another.
 */
export function fields(purpose: string, ...parts: readonly Uint8Array[]): Bytes {
	return concat(...[utf8(purpose), ...parts].flatMap((part) => [uint16(part.length), part]));
}

function uint16(value: number): Bytes {
	if (value > 0xffff) throw new RangeError("a field is longer than 65,535 bytes");
	return Uint8Array.of(value >> 8, value & 0xff);
}

/** base64url without padding (RFC 4648 section 5). */
export function toBase64(bytes: Uint8Array): string {
	return btoa(String.fromCharCode(...bytes))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
}

/** Null unless it is base64url of exactly `length` bytes, in the one spelling there is. */
export function fromBase64(text: string, length: number): Bytes | null {
	if (text.length !== Math.ceil((length * 4) / 3) || !/^[\w-]*$/.test(text)) return null;
	const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
	const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
	return toBase64(bytes) === text ? bytes : null;
}
