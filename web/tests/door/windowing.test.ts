import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeNow, rowForKey } from "../../src/door/followingFocus";
import { heightOf, layOut, rowAt, rowsIn } from "../../src/door/windowing";

const names = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);

describe("a long list", () => {
	it("draws what is in view, with the focus wherever it is, and never much more", () => {
		const counts = fc.integer({ min: 0, max: 1_500 });
		const heights = fc.dictionary(
			counts.map((index) => `k${index}`),
			fc.integer({ min: 60, max: 500 }),
		);
		fc.assert(
			fc.property(
				counts,
				heights,
				fc.integer({ min: -100, max: 200_000 }),
				fc.integer({ min: 0, max: 900 }),
				fc.option(counts),
				(count, known, scroll, view, focused) => {
					const layout = layOut(names(count), new Map(Object.entries(known)), 150);
					const rows = rowsIn(layout, scroll, view, 3, focused);
					const drawn = new Set(rows.map(({ index }) => index));
					expect(rows.length).toBeLessThanOrEqual(view / 60 + 9);
					for (let index = 0; index < count; index += 1) {
						const [top, end] = [layout.tops[index] ?? 0, layout.tops[index + 1] ?? 0];
						if (end > scroll && top < scroll + view) expect(drawn).toContain(index);
					}
					if (focused !== null && focused < count) expect(drawn).toContain(focused);
				},
			),
			{ numRuns: 200 },
		);
	});

	it("is as high as its rows", () => {
		const layout = layOut(["a", "b", "c"], new Map([["b", 40]]), 100);
		expect(heightOf(layout)).toBe(240);
		expect([-5, 0, 99, 100, 139, 140, 900].map((at) => rowAt(layout, at))).toEqual([
			0, 0, 0, 1, 1, 2, 2,
		]);
		expect(rowAt(layOut([], new Map(), 100), 0)).toBe(-1);
	});

	it("is gone through by pages, and to its ends", () => {
		const layout = layOut(names(100), new Map(), 100);
		const lead = (key: string, index: number) => rowForKey(key, index, layout, 350);
		expect([lead("PageDown", 0), lead("PageDown", 98), lead("PageDown", 99)]).toEqual([3, 99, 99]);
		expect([lead("PageUp", 50), lead("PageUp", 1), lead("PageUp", 0)]).toEqual([46, 0, 0]);
		expect([lead("Home", 50), lead("End", 50), lead("a", 50)]).toEqual([0, 99, null]);
		const tall = layOut(names(3), new Map([["k0", 900]]), 900);
		expect(rowForKey("PageDown", 0, tall, 350)).toBe(1);
	});
});

describe("the focus", () => {
	it("stays with a person, and goes to whoever comes up when they are gone", () => {
		const before = { id: "b", index: 1 };
		expect(placeNow(before, ["x", "y", "b"])).toEqual({ id: "b", index: 2 });
		expect(placeNow(before, ["a", "c", "d"])).toEqual({ id: "c", index: 1 });
		expect(placeNow(before, ["a"])).toEqual({ id: "a", index: 0 });
		expect(placeNow(before, [])).toBeNull();
		expect(placeNow(null, ["a"])).toBeNull();
	});
});
