/**
 * SFrame (RFC 9605) with cipher suite 0x0004, AES-128-GCM with SHA-256 and a tag of 16 bytes: headers,
 * keys, and sealing and opening of one frame. Which key and which counter is for others to say.
 */
import { type Bytes, concat, utf8 } from "./bytes";

export const BASE_KEY_BYTES = 16;
export const TAG_BYTES = 16;
const CIPHER_SUITE = Uint8Array.of(0x00, 0x04);
const NONCE_BYTES = 12;
const MOST = 0xffff_ffff_ffff_ffffn;

/** What is sealed with the key of one KID, its salt, and the KID itself. */
export interface FrameKey {
	readonly kid: bigint;
	readonly key: CryptoKey;
	readonly salt: Bytes;
}

export interface Header {
	readonly kid: bigint;
	readonly ctr: bigint;
	/** Of the header itself. */
	readonly bytes: Bytes;
}

/** Section 4.3: a byte of configuration, then KID and CTR as far as they do not fit into it. */
export function encodeHeader(kid: bigint, ctr: bigint): Bytes {
	const [kidBits, kidBytes] = part(kid);
	const [ctrBits, ctrBytes] = part(ctr);
	return concat(Uint8Array.of((kidBits << 4) | ctrBits), kidBytes, ctrBytes);
}

/** 4 bits of the configuration, and what follows it: values below 8 stand in the bits themselves. */
function part(value: bigint): [number, Bytes] {
	if (value < 0n || value > MOST) throw new RangeError("KID and CTR have 64 bits");
	if (value < 8n) return [Number(value), new Uint8Array()];
	const bytes = shortest(value);
	return [8 | (bytes.length - 1), bytes];
}

function shortest(value: bigint): Bytes {
	const eight = uint64(value);
	return eight.slice(eight.findIndex((byte) => byte !== 0));
}

function uint64(value: bigint): Bytes {
	const bytes = new Uint8Array(8);
	new DataView(bytes.buffer).setBigUint64(0, value);
	return bytes;
}

/** The header at the start of `data`. Null when it is cut off, or longer than it has to be. */
export function decodeHeader(data: Bytes): Header | null {
	const config = data[0];
	if (config === undefined) return null;
	const kid = field(data, 1, config >> 4);
	const ctr = kid && field(data, kid.end, config & 0x0f);
	return ctr && { kid: kid.value, ctr: ctr.value, bytes: data.slice(0, ctr.end) };
}

function field(data: Bytes, at: number, bits: number): { value: bigint; end: number } | null {
	if (bits < 8) return { value: BigInt(bits), end: at };
	const end = at + (bits & 7) + 1;
	if (data.length < end) return null;
	let value = 0n;
	for (const byte of data.subarray(at, end)) value = (value << 8n) | BigInt(byte);
	// The shortest form is a duty of the sender (section 4.3); two forms of one counter are nothing we need.
	return value >= 8n && shortest(value).length === end - at ? { value, end } : null;
}

/** Section 4.4.2. `baseKey`: 16 bytes. */
export async function deriveFrameKey(baseKey: Bytes, kid: bigint): Promise<FrameKey> {
	const base = await crypto.subtle.importKey("raw", baseKey, "HKDF", false, ["deriveBits"]);
	const key = await expand(base, "SFrame 1.0 Secret key ", kid, 16);
	return {
		kid,
		key: await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]),
		salt: await expand(base, "SFrame 1.0 Secret salt ", kid, NONCE_BYTES),
	};
}

async function expand(base: CryptoKey, label: string, kid: bigint, length: number): Promise<Bytes> {
	const info = concat(utf8(label), uint64(kid), CIPHER_SUITE);
	const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
	return new Uint8Array(await crypto.subtle.deriveBits(hkdf, base, length * 8));
}

/** Section 4.4.3: the counter, as a number of 12 bytes, XOR the salt. */
export function nonce(salt: Bytes, ctr: bigint): Bytes {
	const bytes = salt.slice();
	uint64(ctr).forEach((byte, index) => {
		const at = NONCE_BYTES - 8 + index;
		bytes[at] = (bytes[at] ?? 0) ^ byte;
	});
	return bytes;
}

/** Header, ciphertext and tag. `metadata` travels apart, and is protected like the header. */
export async function seal(
	key: FrameKey,
	ctr: bigint,
	metadata: Bytes,
	plaintext: Bytes,
): Promise<Bytes> {
	const header = encodeHeader(key.kid, ctr);
	const cipher = gcm(key, ctr, concat(header, metadata));
	return concat(header, new Uint8Array(await crypto.subtle.encrypt(cipher, key.key, plaintext)));
}

/** What was sealed; null when anything of it is not as it was. `body`: ciphertext and tag. */
export async function open(
	key: FrameKey,
	header: Header,
	metadata: Bytes,
	body: Bytes,
): Promise<Bytes | null> {
	const cipher = gcm(key, header.ctr, concat(header.bytes, metadata));
	try {
		return new Uint8Array(await crypto.subtle.decrypt(cipher, key.key, body));
	} catch (error) {
		if (error instanceof DOMException && error.name === "OperationError") return null;
		throw error;
	}
}

function gcm(key: FrameKey, ctr: bigint, additionalData: Bytes): AesGcmParams {
	const iv = nonce(key.salt, ctr);
	return { name: "AES-GCM", iv, additionalData, tagLength: TAG_BYTES * 8 };
}
