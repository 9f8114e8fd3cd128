import { describe, expect, it } from "vitest";
import { itemFor } from "../../src/ui/menuKeys";

const labels = ["Mute", "Ask to unmute", "Make host", "Éinde"];

describe("keys in a menu", () => {
	it("go up and down and around", () => {
		expect(itemFor("ArrowDown", 0, labels)).toBe(1);
		expect(itemFor("ArrowDown", 3, labels)).toBe(0);
		expect(itemFor("ArrowUp", 0, labels)).toBe(3);
		expect(itemFor("ArrowUp", 2, labels)).toBe(1);
	});

	it("begin at an end when nothing has the focus yet", () => {
		expect(itemFor("ArrowDown", -1, labels)).toBe(0);
		expect(itemFor("ArrowUp", -1, labels)).toBe(3);
	});

	it("go to the ends", () => {
		expect(itemFor("Home", 2, labels)).toBe(0);
		expect(itemFor("End", 0, labels)).toBe(3);
	});

	it("go to the next one that begins with a letter, and around", () => {
		expect(itemFor("m", 0, labels)).toBe(2);
		expect(itemFor("M", 2, labels)).toBe(0);
		expect(itemFor("é", 0, labels)).toBe(3);
	});

	it("leave everything else to the browser", () => {
		for (const key of ["Enter", " ", "x", "F5", "Shift"]) {
			expect(itemFor(key, 1, labels)).toBeNull();
		}
		expect(itemFor("ArrowDown", 0, [])).toBeNull();
	});
});
