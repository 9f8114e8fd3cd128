import { describe, expect, it } from "vitest";
import { en, type Words } from "../../src/i18n/en";
import { explain, languageFor } from "../../src/i18n/index";
import { nl } from "../../src/i18n/nl";
import { bitrate, fraction, milliseconds } from "../../src/i18n/numbers";
import type { RefusalCode } from "../../src/protocol/generated";
import type { DeviceTrouble } from "../../src/state/media";

const spoken: [string, Words][] = [
	["en", en],
	["nl", nl],
];
const facts = {
	limit: 7,
	megabytes: 8,
	megapixels: 40,
	seconds: 2.2,
	incident: "abc",
	by: "Ada",
	used: 5,
	offset: 3,
};

describe.each(spoken)("%s", (_, words) => {
	it("has a sentence for every refusal", () => {
		for (const code of Object.keys(words.refusals) as RefusalCode[]) {
			const sentence = explain({ code, facts } as never, words.refusals);
			expect(sentence).toMatch(/\.$/u);
			expect(sentence).not.toMatch(/undefined|NaN|\[object/u);
		}
	});

	it("has a sentence for every trouble with every device", () => {
		for (const trouble of Object.keys(words.troubles) as DeviceTrouble[]) {
			for (const device of ["camera", "microphone", "screen"] as const) {
				expect(words.troubles[trouble](device)).toMatch(/\.$/u);
			}
		}
	});

	it("says of every path what it is", () => {
		for (const sentence of Object.values(words.connection.reasons))
			expect(sentence).toMatch(/\.$/u);
	});

	it("counts as people do", () => {
		expect(words.room.people(1)).toMatch(/^1 /u);
		expect(words.room.people(1)).not.toBe(words.room.people(2).replace("2", "1"));
	});

	it("raises its voice nowhere", () => {
		expect(JSON.stringify(words)).not.toContain("!");
	});
});

describe("the language of the page", () => {
	it("is the first wish that we speak, else English", () => {
		expect(languageFor(["fr-FR", "nl-BE", "en"])).toBe("nl");
		expect(languageFor(["toString", "de"])).toBe("en");
		expect(languageFor([])).toBe("en");
	});

	it("has words for a refusal that it does not know", () => {
		expect(explain({ code: "FromTheFuture", facts: {} } as never, en.refusals)).toMatch(/Reload/u);
	});
});

describe("measures", () => {
	it.each([
		[fraction(0.0512), "5.1%"],
		[milliseconds(83.4), "83 ms"],
		[bitrate(640_400), "640 kb/s"],
		[bitrate(1_740_000), "1.7 Mb/s"],
	])("%s", (written, expected) => {
		expect(written).toBe(expected);
	});
});
