/** The golden samples that pytest decodes as well: both sides mean the same. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeEvent, encodeCommand } from "../../src/protocol/codec";
import { type Command, EVENT_TYPES } from "../../src/protocol/generated";

const folder = new URL("../../../tests/protocol/samples/", import.meta.url);
const samples = new Map(
	readdirSync(folder).map((file) => [
		file.replace(".json", ""),
		readFileSync(new URL(file, folder), "utf8"),
	]),
);
const events = new Set<string>(EVENT_TYPES);

describe.each([...samples].filter(([type]) => events.has(type)))("%s", (type, text) => {
	it("is decoded with every field", () => {
		expect(decodeEvent(text)).toEqual({ kind: "event", event: JSON.parse(text) });
	});

	it("tolerates a field that a newer server adds", () => {
		const newer = JSON.stringify({ ...JSON.parse(text), added: [1] });
		expect(decodeEvent(newer)).toMatchObject({ kind: "event", event: { type } });
	});
});

describe.each([...samples].filter(([type]) => !events.has(type)))("%s", (_type, text) => {
	it("is encoded as the server expects it", () => {
		const command = JSON.parse(text) as Command;
		expect(JSON.parse(encodeCommand(command))).toEqual(JSON.parse(text));
	});
});

it("has a sample of every event", () => {
	expect([...events].filter((type) => !samples.has(type))).toEqual([]);
});
