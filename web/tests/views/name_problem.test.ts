import { describe, expect, it } from "vitest";
import { nameProblem } from "../../src/views/settings/nameProblem";

describe("a name that the server would refuse", () => {
	it("has something visible", () => {
		for (const name of ["", "  ", "\u202e\u200f", "\u0301"]) {
			expect(nameProblem(name, 64)?.code).toBe("NameEmpty");
		}
		expect(nameProblem("Ada", 64)).toBe(null);
		expect(nameProblem("👩‍🚀", 64)).toBe(null);
	});

	it("is counted in characters, not in UTF-16 units or accents apart", () => {
		expect(nameProblem("🦊".repeat(64), 64)).toBe(null);
		expect(nameProblem("e\u0301".repeat(64), 64)).toBe(null);
		expect(nameProblem("🦊".repeat(65), 64)).toEqual({
			code: "NameTooLong",
			facts: { limit: 64 },
		});
	});
});
