/** The numbers of docs/encryption.md, which an implementation apart from this one made. */
import { beforeAll, expect, it } from "vitest";
import { type Bytes, fromBase64, toBase64 } from "../../src/e2ee/bytes";
import { provenDevice } from "../../src/e2ee/device";
import { fingerprint } from "../../src/e2ee/fingerprint";
import { kidOf, ReceiveKeys } from "../../src/e2ee/frame_keys";
import { type Identity, vouch } from "../../src/e2ee/identity";
import { announce, type Entry, emptyRoster, type Roster } from "../../src/e2ee/roster";
import { safetyCode } from "../../src/e2ee/safety_code";
import { deriveFrameKey, seal } from "../../src/e2ee/sframe";
import { isAcknowledged, type PairKeys, pairKeys, unwrap } from "../../src/e2ee/wrapping";
import { FakeClock } from "../fakes/clock";
import vectors from "./meetd_vectors.json";

type Name = keyof typeof vectors;

/** RFC 8410: what stands before the 32 bytes of a private key. */
const ED25519 = "302e020100300506032b657004220420";
const X25519 = "302e020100300506032b656e04220420";

function bytes(hex: string): Bytes {
	return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function hex(data: Uint8Array): string {
	return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const of = (name: Name) => bytes(vectors[name]);

async function identityOf(who: "Ada" | "Bo"): Promise<Identity> {
	const signing = bytes(ED25519 + vectors[`${who}: Ed25519, private`]);
	const agreement = bytes(X25519 + vectors[`${who}: X25519, private`]);
	const { subtle } = crypto;
	return {
		signing: await subtle.importKey("pkcs8", signing, "Ed25519", false, ["sign"]),
		signKey: of(`${who}: Ed25519, public`),
		agreement: await subtle.importKey("pkcs8", agreement, "X25519", false, ["deriveBits"]),
		dhKey: of(`${who}: X25519, public`),
	};
}

function entryOf(who: "Ada" | "Bo"): Entry {
	return {
		participant: vectors[`${who}: participant`],
		leaf: Number(vectors[`${who}: leaf`]),
		signKey: toBase64(of(`${who}: Ed25519, public`)),
		dhKey: toBase64(of(`${who}: X25519, public`)),
		signature: toBase64(of(`${who}: signature of the keys`)),
	};
}

let bo: Identity;
let roster: Roster;
let bosKeys: PairKeys;

function member(participant: string) {
	const found = roster.members.get(participant);
	if (!found) throw new Error("not in the roster");
	return found;
}

function binding() {
	const epoch = Number(vectors.epoch);
	const ends = { sender: member("ada"), recipient: member("bo") };
	return { meeting: vectors.meeting, epoch, rosterHash: roster.hash, ...ends };
}

beforeAll(async () => {
	bo = await identityOf("Bo");
	const entries = [entryOf("Bo"), entryOf("Ada")];
	roster = await announce(await emptyRoster(vectors.meeting), entries, async () => null);
	const keys = await pairKeys(bo, vectors.meeting, member("bo"), member("ada"));
	if (!keys) throw new Error("no keys of the pair");
	bosKeys = keys;
});

it("signs and verifies the keys of a page, and what a device says of them", async () => {
	expect(roster.refused).toEqual([]);
	for (const who of ["Ada", "Bo"] as const) {
		const identity = await identityOf(who);
		const signature = await vouch(identity, vectors.meeting, vectors[`${who}: participant`]);
		expect(hex(signature)).toBe(vectors[`${who}: signature of the keys`]);
	}
	const proof = {
		key: toBase64(of("Ada's device: Ed25519, public")),
		signature: toBase64(of("Ada's device: signature")),
	};
	const signKey = of("Ada: Ed25519, public");
	expect(await provenDevice(proof, signKey, vectors.meeting, "ada")).toBe(proof.key);
	expect(await provenDevice(proof, signKey, vectors.meeting, "bo")).toBeNull();
});

it("has the same hash, the same short names and the same safety code", async () => {
	expect(roster.hash).toBe(vectors.rosterHash);
	expect(fromBase64(roster.hash, 32)).toHaveLength(32);
	for (const who of ["Ada", "Bo"] as const)
		expect(await fingerprint(entryOf(who).signKey)).toBe(vectors[`${who}: short name`]);
	expect(await safetyCode(vectors.meeting, roster.members.values())).toBe(vectors["safety code"]);
});

it("unwraps what was wrapped for it", async () => {
	const message = {
		wrapped: toBase64(of("wrapped for Bo")),
		signature: toBase64(of("signature of what is wrapped")),
	};
	const baseKey = await unwrap(bosKeys.fromThem, binding(), message);
	expect(baseKey && hex(baseKey)).toBe(vectors["Ada's base key"]);
	const other = { ...binding(), epoch: binding().epoch + 1 };
	expect(await unwrap(bosKeys.fromThem, other, message)).toBeNull();
});

it("believes the proof that a key has come, of that key alone", async () => {
	const ada = await identityOf("Ada");
	const keys = await pairKeys(ada, vectors.meeting, member("ada"), member("bo"));
	if (!keys) throw new Error("no keys of the pair");
	const proof = toBase64(of("Bo's proof"));
	const [right, wrong] = [of("Ada's base key"), new Uint8Array(16)];
	expect(await isAcknowledged(keys.fromThem, binding(), right, proof)).toBe(true);
	expect(await isAcknowledged(keys.fromThem, binding(), wrong, proof)).toBe(false);
	expect(await isAcknowledged(keys.toThem, binding(), right, proof)).toBe(false);
});

it.each([
	["microphone", "audio", 0, 1, 300n],
	["camera, a key frame", "video", 1, 10, 301n],
	["camera, another frame", "video", 1, 3, 302n],
] as const)("opens and seals frames of the %s", async (name, kind, stream, clear, counter) => {
	const baseKey = of("Ada's base key");
	const epoch = Number(vectors.epoch);
	const [plain, sealed] = [of(name), of(`${name}, sealed`)];
	const keys = new ReceiveKeys(new FakeClock());
	await keys.add({ leaf: 0, epoch, baseKey });
	expect(await keys.open(stream, kind, sealed)).toEqual({ frame: plain, newest: true });
	const key = await deriveFrameKey(baseKey, kidOf(stream, 0, epoch));
	const body = await seal(key, counter, plain.slice(0, clear), plain.slice(clear));
	expect(hex(body)).toBe(hex(sealed.slice(clear)));
});
