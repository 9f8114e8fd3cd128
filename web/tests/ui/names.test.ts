import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initialsOf, shortRoomName, tintOf } from "../../src/ui/names";

describe("names", () => {
	it("takes the first letters of the first and the last word", () => {
		expect(initialsOf("Ada Lovelace")).toBe("AL");
		expect(initialsOf("  edsger w. dijkstra ")).toBe("ED");
		expect(initialsOf("Barbara")).toBe("B");
	});

	it("cuts no character in two", () => {
		expect(initialsOf("👩‍🔬 Curie")).toBe("👩‍🔬C");
	});

	it("has an answer for every name", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (name) => {
				initialsOf(name);
				expect(tintOf(name)).toBeLessThan(8);
			}),
		);
	});

	it("shortens generated room names and leaves chosen ones alone", () => {
		expect(shortRoomName("kitchen-table")).toBe("kitchen-table");
		expect(shortRoomName("k3v9x0q2m7rt5w8y1p4s6d")).toBe("k3v9x0q2…4s6d");
	});
});
