import { describe, expect, it } from "vitest";
import { type Met, recognise } from "../../src/state/devices";

const ada: Met = { device: "a", name: "Ada Lovelace", at: 1 };
const adaAtWork: Met = { device: "w", name: "Ada Lovelace", at: 2 };

describe("somebody comes", () => {
	it.each([
		["with the device of last time", "Ada Lovelace", "a", "same"],
		["with another of their devices", "Ada Lovelace", "w", "same"],
		["with a device that had another name", "Ada", "a", "same"],
		["under a name that was another device's", "Ada Lovelace", "x", "other"],
		["under such a name, spelt otherwise", " ada LOVELACE", "x", "other"],
		["without a device that was there before", "Ada Lovelace", null, "other"],
		["for the first time", "Grace", "g", "new"],
		["for the first time, without a device", "Grace", null, "new"],
	] as const)("%s", (_, name, device, recognised) => {
		expect(recognise([ada, adaAtWork], name, device)).toBe(recognised);
	});
});
