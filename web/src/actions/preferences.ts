/** What this browser remembers. Read with distrust: anything may have been written there. */
import { languageFor } from "../i18n";
import type { DeviceChoices } from "../media/own/devices";
import type { Preferences } from "./actions";
import { load, type Stored, save, short } from "./storage";

const PREFERENCES_KEY = "meetd.preferences";
const DEVICES_KEY = "meetd.devices";
const LONGEST_NAME = 200;
const LONGEST_DEVICE_ID = 512;

function oneOf<const T>(value: unknown, allowed: readonly T[], otherwise: T): T {
	return allowed.find((one) => one === value) ?? otherwise;
}

function flag(value: unknown, otherwise: boolean): boolean {
	return typeof value === "boolean" ? value : otherwise;
}

function width(value: unknown, otherwise: number): number {
	return typeof value === "number" && value >= 200 && value <= 1_000 ? value : otherwise;
}

export function readPreferences(languages: readonly string[]): Preferences {
	const stored = load<Preferences>(PREFERENCES_KEY);
	const panels = typeof stored.panels === "object" && stored.panels !== null ? stored.panels : {};
	const open = panels as Stored<Preferences["panels"]>;
	return {
		name: short(stored.name, LONGEST_NAME) ?? "",
		theme: oneOf(stored.theme, ["system", "light", "dark"], "system"),
		language: oneOf(stored.language, ["en", "nl"], languageFor(languages)),
		layout: oneOf(stored.layout, ["grid", "speaker"], "grid"),
		mirror: flag(stored.mirror, true),
		sounds: flag(stored.sounds, true),
		panels: {
			people: flag(open.people, true),
			content: flag(open.content, true),
			chat: flag(open.chat, true),
		},
		chatWidth: width(stored.chatWidth, 340),
		knownByDevice: flag(stored.knownByDevice, true),
		shortcuts: flag(stored.shortcuts, true),
	};
}

export function writePreferences(preferences: Preferences): void {
	save(PREFERENCES_KEY, preferences);
}

export function readDeviceChoices(): DeviceChoices {
	const stored = load<DeviceChoices>(DEVICES_KEY);
	return {
		microphone: short(stored.microphone, LONGEST_DEVICE_ID),
		camera: short(stored.camera, LONGEST_DEVICE_ID),
		speaker: short(stored.speaker, LONGEST_DEVICE_ID),
		microphoneOn: flag(stored.microphoneOn, true),
		cameraOn: flag(stored.cameraOn, true),
		noiseSuppression: flag(stored.noiseSuppression, true),
	};
}

export function writeDeviceChoices(choices: DeviceChoices): void {
	save(DEVICES_KEY, choices);
}
