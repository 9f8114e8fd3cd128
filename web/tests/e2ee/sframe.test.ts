import fc from "fast-check";
import { expect, it } from "vitest";
import type { Bytes } from "../../src/e2ee/bytes";
import {
	decodeHeader,
	deriveFrameKey,
	encodeHeader,
	type FrameKey,
	nonce,
	open,
	seal,
} from "../../src/e2ee/sframe";
// The working group's vectors (RFC 9605 appendix C), with numbers above 2^53 as text.
import vectors from "./sframe_vectors.json";

const known = vectors.sframe;
const sealed = bytes(known.ct);
const metadata = bytes(known.metadata);

function bytes(hex: string): Bytes {
	return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hex(data: Uint8Array): string {
	return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const key = () => deriveFrameKey(bytes(known.base_key), BigInt(known.kid));

/** Takes a header off `data` and opens the rest, as a receiver does. */
async function opened(frameKey: FrameKey, data: Bytes, clear: Bytes): Promise<Bytes | null> {
	const header = decodeHeader(data);
	return header && open(frameKey, header, clear, data.slice(header.bytes.length));
}

it("writes and reads every header of appendix C.1", () => {
	expect(vectors.header).toHaveLength(289);
	for (const { kid, ctr, encoded } of vectors.header) {
		expect(hex(encodeHeader(BigInt(kid), BigInt(ctr)))).toBe(encoded);
		const header = decodeHeader(bytes(`${encoded}abcdef`));
		expect(header).toEqual({ kid: BigInt(kid), ctr: BigInt(ctr), bytes: bytes(encoded) });
	}
});

it("refuses headers that are cut off", () => {
	for (const { encoded } of vectors.header) {
		for (let length = 0; length < encoded.length / 2; length += 1) {
			expect(decodeHeader(bytes(encoded).slice(0, length))).toBeNull();
		}
	}
});

it("refuses headers that are longer than they have to be", () => {
	// KID 7 in one byte of its own; CTR 255 in two.
	for (const long of ["8007", "0900ff", "0807"]) expect(decodeHeader(bytes(long))).toBeNull();
});

it("refuses numbers that do not fit", () => {
	expect(() => encodeHeader(-1n, 0n)).toThrow(RangeError);
	expect(() => encodeHeader(0n, 1n << 64n)).toThrow(RangeError);
});

it("reads back any header it writes, and never throws on what it does not", () => {
	const number = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
	fc.assert(
		fc.property(number, number, (kid, ctr) => {
			expect(decodeHeader(encodeHeader(kid, ctr))).toMatchObject({ kid, ctr });
		}),
	);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 24 }), (data) => {
			const header = decodeHeader(new Uint8Array(data));
			if (header) expect(hex(encodeHeader(header.kid, header.ctr))).toBe(hex(header.bytes));
		}),
	);
});

it("derives the salt and the nonce of appendix C.3", async () => {
	const { salt } = await key();
	expect(hex(salt)).toBe(known.sframe_salt);
	expect(hex(nonce(salt, BigInt(known.ctr)))).toBe(known.nonce);
});

it("derives the key of appendix C.3", async () => {
	// The key itself cannot be read: what is sealed with theirs opens with ours.
	const raw = bytes(known.sframe_key);
	const theirs = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
	const frameKey = await key();
	const box = await seal({ ...frameKey, key: theirs }, 1n, metadata, bytes(known.pt));
	expect(hex((await opened(frameKey, box, metadata)) ?? bytes(""))).toBe(known.pt);
});

it("seals and opens the frame of appendix C.3", async () => {
	const box = await seal(await key(), BigInt(known.ctr), metadata, bytes(known.pt));
	expect(hex(box)).toBe(known.ct);
	expect(hex((await opened(await key(), sealed, metadata)) ?? bytes(""))).toBe(known.pt);
});

it("opens nothing of which a bit was turned or an end was cut off", async () => {
	const frameKey = await key();
	for (let bit = 0; bit < sealed.length * 8; bit += 1) {
		const turned = sealed.slice();
		turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		expect(await opened(frameKey, turned, metadata)).toBeNull();
	}
	for (let length = 0; length < sealed.length; length += 1) {
		expect(await opened(frameKey, sealed.slice(0, length), metadata)).toBeNull();
	}
});

it("opens nothing with other metadata or the key of another KID", async () => {
	expect(await opened(await key(), sealed, metadata.slice(1))).toBeNull();
	const other = await deriveFrameKey(bytes(known.base_key), 292n);
	expect(await opened(other, sealed, metadata)).toBeNull();
});
