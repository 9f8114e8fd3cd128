import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
	readDeviceChoices,
	readPreferences,
	writeDeviceChoices,
	writePreferences,
} from "../../src/actions/preferences";

const stored = new Map<string, string>();

beforeEach(() => {
	stored.clear();
	vi.stubGlobal("localStorage", {
		getItem: (key: string) => stored.get(key) ?? null,
		setItem: (key: string, value: string) => void stored.set(key, value),
	});
});
afterEach(() => vi.unstubAllGlobals());

it("remembers", () => {
	const preferences = {
		...readPreferences(["en"]),
		name: "Ada",
		theme: "dark",
		chatWidth: 500,
		shortcuts: false,
	} as const;
	writePreferences(preferences);
	expect(readPreferences(["en"])).toEqual(preferences);
	const choices = { ...readDeviceChoices(), camera: "c1", cameraOn: false };
	writeDeviceChoices(choices);
	expect(readDeviceChoices()).toEqual(choices);
});

it("speaks the first language of the browser that it knows", () => {
	expect(readPreferences(["fr-FR", "nl-BE", "en"]).language).toBe("nl");
	expect(readPreferences(["de"]).language).toBe("en");
});

it("believes nothing that it reads", () => {
	const plain = readPreferences(["en"]);
	const devices = readDeviceChoices();
	fc.assert(
		fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
			for (const key of ["meetd.preferences", "meetd.devices"]) stored.set(key, text);
			const read = readPreferences(["en"]);
			expect(Object.keys(read)).toEqual(Object.keys(plain));
			expect(Object.keys(readDeviceChoices())).toEqual(Object.keys(devices));
		}),
	);
	const wrong = {
		name: 7,
		theme: "pink",
		chatWidth: 1e9,
		panels: [],
		mirror: "no",
		language: "xx",
	};
	stored.set("meetd.preferences", JSON.stringify(wrong));
	expect(readPreferences(["en"])).toEqual(plain);
});

it("works where storage is forbidden", () => {
	vi.stubGlobal("localStorage", undefined);
	writePreferences(readPreferences(["en"]));
	expect(readPreferences(["nl"]).language).toBe("nl");
	expect(readDeviceChoices().cameraOn).toBe(true);
});
