/** Sender keys on their way to one member: wrapped so that nobody else can read, make or move them. */
import { type Bytes, concat, fields, fromBase64, toBase64, uint32, utf8 } from "./bytes";
import { agree, type Identity, SIGNATURE_BYTES, sign, verify } from "./identity";
import { type Member, publicParts } from "./roster";
import { BASE_KEY_BYTES, TAG_BYTES } from "./sframe";

const IV_BYTES = 12;
const WRAPPED_BYTES = IV_BYTES + BASE_KEY_BYTES + TAG_BYTES;
const PROOF_BYTES = IV_BYTES + TAG_BYTES;

/** What a wrapped key is bound to. */
export interface Binding {
	readonly meeting: string;
	readonly sender: Member;
	readonly recipient: Member;
	readonly epoch: number;
	/** Of the people whom the sender gives this key. */
	readonly rosterHash: string;
}

/** base64url. */
export interface Wrapped {
	readonly wrapped: string;
	readonly signature: string;
}

export type End = Pick<Member, "participant" | "signKey" | "dhKey">;

/** The keys for what one member sends to another. Null when their keys give none. */
export interface PairKeys {
	readonly toThem: CryptoKey;
	readonly fromThem: CryptoKey;
}

export async function pairKeys(
	identity: Identity,
	meeting: string,
	me: End,
	them: End,
): Promise<PairKeys | null> {
	const secret = await agree(identity, them.dhKey);
	if (secret === null) return null;
	const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
	return {
		toThem: await directed(base, meeting, me, them),
		fromThem: await directed(base, meeting, them, me),
	};
}

function directed(base: CryptoKey, meeting: string, from: End, to: End): Promise<CryptoKey> {
	const info = fields("meetd pair key 1", ...publicParts(from), ...publicParts(to));
	const hkdf = { name: "HKDF", hash: "SHA-256", salt: utf8(meeting), info };
	const aes = { name: "AES-GCM", length: 128 };
	return crypto.subtle.deriveKey(hkdf, base, aes, false, ["encrypt", "decrypt"]);
}

/** `key`: of the pair, from the sender to the recipient. */
export async function wrap(
	identity: Identity,
	key: CryptoKey,
	binding: Binding,
	baseKey: Bytes,
): Promise<Wrapped> {
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	const additionalData = bound(binding);
	const cipher = { name: "AES-GCM", iv, additionalData };
	const wrapped = concat(iv, new Uint8Array(await crypto.subtle.encrypt(cipher, key, baseKey)));
	const signature = await sign(identity, signed(additionalData, wrapped));
	return { wrapped: toBase64(wrapped), signature: toBase64(signature) };
}

/** The sender's key. Null when anything about it is not true. */
export async function unwrap(
	key: CryptoKey,
	binding: Binding,
	message: Wrapped,
): Promise<Bytes | null> {
	const wrapped = fromBase64(message.wrapped, WRAPPED_BYTES);
	const signature = fromBase64(message.signature, SIGNATURE_BYTES);
	if (wrapped === null || signature === null) return null;
	const additionalData = bound(binding);
	if (!(await verify(binding.sender.signKey, signature, signed(additionalData, wrapped))))
		return null;
	const cipher = { name: "AES-GCM", iv: wrapped.slice(0, IV_BYTES), additionalData };
	return decrypted(cipher, key, wrapped.slice(IV_BYTES));
}

/**
 * Says to the sender of a key that exactly this one has come. `key`: of the pair, from the recipient back to
 * the sender. Nothing is encrypted: only these two can make the tag, and nobody without the key.
 */
export async function acknowledge(
	key: CryptoKey,
	binding: Binding,
	baseKey: Bytes,
): Promise<string> {
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	const cipher = { name: "AES-GCM", iv, additionalData: acknowledged(binding, baseKey) };
	const tag = await crypto.subtle.encrypt(cipher, key, new Uint8Array());
	return toBase64(concat(iv, new Uint8Array(tag)));
}

export async function isAcknowledged(
	key: CryptoKey,
	binding: Binding,
	baseKey: Bytes,
	proof: string,
): Promise<boolean> {
	const bytes = fromBase64(proof, PROOF_BYTES);
	if (bytes === null) return false;
	const additionalData = acknowledged(binding, baseKey);
	const cipher = { name: "AES-GCM", iv: bytes.slice(0, IV_BYTES), additionalData };
	return (await decrypted(cipher, key, bytes.slice(IV_BYTES))) !== null;
}

/** Null: it was not made with this key, for this. */
async function decrypted(cipher: AesGcmParams, key: CryptoKey, data: Bytes): Promise<Bytes | null> {
	try {
		return new Uint8Array(await crypto.subtle.decrypt(cipher, key, data));
	} catch (error) {
		if (error instanceof DOMException && error.name === "OperationError") return null;
		throw error;
	}
}

function acknowledged(binding: Binding, baseKey: Bytes): Bytes {
	return fields("meetd acknowledged key 1", bound(binding), baseKey);
}

function bound({ meeting, sender, recipient, epoch, rosterHash }: Binding): Bytes {
	const ends = [sender, recipient].flatMap((one) => [
		utf8(one.participant),
		Uint8Array.of(one.leaf),
	]);
	return fields("meetd sender key 1", utf8(meeting), utf8(rosterHash), uint32(epoch), ...ends);
}

function signed(additionalData: Bytes, wrapped: Bytes): Bytes {
	return fields("meetd wrapped key 1", additionalData, wrapped);
}
