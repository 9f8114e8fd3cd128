/**
 * The key of one account in one browser, made once and kept there: it vouches for the keys of each page, so
 * that whoever met it before knows it again without believing the server.
 */
import type { Clock } from "../core/clock";
import { type Bytes, fields, fromBase64, toBase64, utf8 } from "./bytes";
import { type Identity, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, signWith, verify } from "./identity";
import { keep, recall } from "./key_store";

const DEVICES = "device.";

export interface Device {
	/** Ed25519; nobody can read it, this page included. */
	readonly signing: CryptoKey;
	/** Public, base64url. */
	readonly key: string;
}

/** base64url. */
export interface DeviceProof {
	readonly key: string;
	readonly signature: string;
}

/** That of `account` in this browser; a new one where none is kept. */
export async function ownDevice(account: string, clock: Clock): Promise<Device> {
	const kept = await recall<Device>(DEVICES + account);
	if (kept) return kept.value;
	const made = await makeDevice();
	await keep(DEVICES + account, { at: clock.now(), value: made });
	return made;
}

export async function makeDevice(): Promise<Device> {
	const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
	if (!("privateKey" in pair)) throw new Error("not a pair of keys");
	const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
	return { signing: pair.privateKey, key: toBase64(new Uint8Array(raw)) };
}

/** These keys of a page, in that meeting, are used by whoever has the device. */
export async function proveDevice(
	device: Device,
	page: Pick<Identity, "signKey">,
	meeting: string,
	participant: string,
): Promise<DeviceProof> {
	const proven = vouched(page.signKey, meeting, participant);
	return { key: device.key, signature: toBase64(await signWith(device.signing, proven)) };
}

/** The device's key; null when the proof is none. */
export async function provenDevice(
	proof: DeviceProof,
	signKey: Bytes,
	meeting: string,
	participant: string,
): Promise<string | null> {
	const key = fromBase64(proof.key, PUBLIC_KEY_BYTES);
	const signature = fromBase64(proof.signature, SIGNATURE_BYTES);
	if (key === null || signature === null) return null;
	const proven = await verify(key, signature, vouched(signKey, meeting, participant));
	return proven ? proof.key : null;
}

function vouched(signKey: Bytes, meeting: string, participant: string): Bytes {
	return fields("meetd device 1", signKey, utf8(meeting), utf8(participant));
}
