import { expect, it } from "vitest";
import { makeDevice, proveDevice, provenDevice } from "../../src/e2ee/device";
import { makeIdentity } from "../../src/e2ee/identity";
import { FakeClock } from "../fakes/clock";
import { KeyServer } from "../fakes/key_server";

const [device, page, other] = await Promise.all([makeDevice(), makeIdentity(), makeIdentity()]);
const proof = await proveDevice(device, page, "meeting", "ada");

it("vouches for the keys of a page, and for nothing else", async () => {
	expect(await provenDevice(proof, page.signKey, "meeting", "ada")).toBe(device.key);
	expect(await provenDevice(proof, other.signKey, "meeting", "ada")).toBeNull();
	expect(await provenDevice(proof, page.signKey, "meeting-2", "ada")).toBeNull();
	expect(await provenDevice(proof, page.signKey, "meeting", "bo")).toBeNull();
});

it("is not taken from whoever does not have it", async () => {
	const { key } = await makeDevice();
	for (const bad of [
		{ ...proof, key },
		{ ...proof, key: "" },
		{ ...proof, key: `${device.key}A` },
		{ ...proof, signature: proof.signature.slice(1) },
		{ ...proof, signature: "" },
	]) {
		expect(await provenDevice(bad, page.signKey, "meeting", "ada")).toBeNull();
	}
});

it("cannot be read by anybody", async () => {
	await expect(crypto.subtle.exportKey("pkcs8", device.signing)).rejects.toThrow();
});

it("is known of holders of keys, and a false one of nobody; neither changes the code", async () => {
	const server = new KeyServer(new FakeClock());
	const ada = await server.join("ada", page, 0, device);
	const bo = await server.join("bo");
	await server.elapse(2_000);
	const known = (id: string) =>
		bo.keys.holders().find(({ participant }) => participant === id)?.device;
	expect([known("ada"), known("bo")]).toEqual([device.key, null]);
	const code = await ada.keys.safetyCode();
	server.view = (_, entries) => entries.map((one) => ({ ...one, device: null }));
	const cy = await server.join("cy");
	await server.elapse(2_000);
	expect(cy.keys.holders().map((one) => one.device)).toEqual([null, null, null]);
	// Whoever knew it does not forget it because the server does.
	expect(known("ada")).toBe(device.key);
	server.leave("cy");
	await server.elapse(2_000);
	expect(await bo.keys.safetyCode()).toBe(code);
});
