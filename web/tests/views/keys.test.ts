import { describe, expect, it } from "vitest";
import { shortcutFor } from "../../src/views/shortcuts/keys";

const press = { ctrlKey: false, metaKey: false, altKey: false, repeat: false, isComposing: false };

describe("single-key shortcuts", () => {
	it("knows its keys in both cases", () => {
		expect(shortcutFor({ ...press, key: "m" })).toBe("microphone");
		expect(shortcutFor({ ...press, key: "M" })).toBe("microphone");
		expect(shortcutFor({ ...press, key: "n" })).toBe("pin");
		expect(shortcutFor({ ...press, key: "?" })).toBe("list");
	});

	it("leaves alone what belongs to the browser or to somebody typing", () => {
		expect(shortcutFor({ ...press, key: "c", ctrlKey: true })).toBeNull();
		expect(shortcutFor({ ...press, key: "m", repeat: true })).toBeNull();
		expect(shortcutFor({ ...press, key: "h", isComposing: true })).toBeNull();
		expect(shortcutFor({ ...press, key: "x" })).toBeNull();
		expect(shortcutFor({ ...press, key: "toString" })).toBeNull();
	});
});
