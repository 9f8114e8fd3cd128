/** The keys of this page, made when it loads and gone with it; and what they vouch for. */
import { type Bytes, fields, utf8 } from "./bytes";

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

export interface Identity {
	/** Ed25519 (RFC 8032). */
	readonly signing: CryptoKey;
	readonly signKey: Bytes;
	/** X25519 (RFC 7748). */
	readonly agreement: CryptoKey;
	readonly dhKey: Bytes;
}

/** Neither private key can be read, by this page or any other. */
export async function makeIdentity(): Promise<Identity> {
	const [signing, agreement] = await Promise.all([
		crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]),
		crypto.subtle.generateKey("X25519", false, ["deriveBits"]),
	]);
	if (!("privateKey" in signing && "privateKey" in agreement))
		throw new Error("not a pair of keys");
	return {
		signing: signing.privateKey,
		signKey: await rawKey(signing.publicKey),
		agreement: agreement.privateKey,
		dhKey: await rawKey(agreement.publicKey),
	};
}

async function rawKey(key: CryptoKey): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.exportKey("raw", key));
}

/** These keys belong to that participant of that meeting. */
export async function vouch(
	identity: Identity,
	meeting: string,
	participant: string,
): Promise<Bytes> {
	return sign(identity, vouched(identity.dhKey, meeting, participant));
}

export async function isVouched(
	keys: Pick<Identity, "signKey" | "dhKey">,
	meeting: string,
	participant: string,
	signature: Bytes,
): Promise<boolean> {
	return verify(keys.signKey, signature, vouched(keys.dhKey, meeting, participant));
}

function vouched(dhKey: Bytes, meeting: string, participant: string): Bytes {
	return fields("meetd identity 1", dhKey, utf8(meeting), utf8(participant));
}

export function sign(identity: Identity, data: Bytes): Promise<Bytes> {
	return signWith(identity.signing, data);
}

export async function signWith(key: CryptoKey, data: Bytes): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.sign("Ed25519", key, data));
}

/** Also false when the key is none. */
export async function verify(signKey: Bytes, signature: Bytes, data: Bytes): Promise<boolean> {
	const key = await imported(signKey, "Ed25519", ["verify"]);
	return key !== null && crypto.subtle.verify("Ed25519", key, signature, data);
}

/** The secret of both, 32 bytes. Null when their key is none, or one that gives everybody the same secret. */
export async function agree(identity: Identity, theirs: Bytes): Promise<Bytes | null> {
	const key = await imported(theirs, "X25519", []);
	if (key === null) return null;
	try {
		const secret = { name: "X25519", public: key };
		return new Uint8Array(await crypto.subtle.deriveBits(secret, identity.agreement, 256));
	} catch (error) {
		if (error instanceof DOMException && error.name === "OperationError") return null;
		throw error;
	}
}

async function imported(
	raw: Bytes,
	algorithm: "Ed25519" | "X25519",
	usages: KeyUsage[],
): Promise<CryptoKey | null> {
	try {
		return await crypto.subtle.importKey("raw", raw, algorithm, true, usages);
	} catch (error) {
		if (error instanceof DOMException && error.name === "DataError") return null;
		throw error;
	}
}
