import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type Arrangement,
	arrangeGrid,
	arrangeSpeaker,
	arrangeStrip,
	type Space,
} from "../../src/views/people/arrange";

const spaces = fc.record({
	width: fc.integer({ min: 200, max: 3000 }),
	height: fc.integer({ min: 200, max: 2000 }),
	gap: fc.constantFrom(8, 12),
});
const counts = fc.integer({ min: 1, max: 50 });

function overlaps({ rects }: Arrangement): boolean {
	return rects.some((one, index) =>
		rects
			.slice(index + 1)
			.some(
				(other) =>
					one.x < other.x + other.width &&
					other.x < one.x + one.width &&
					one.y < other.y + other.height &&
					other.y < one.y + one.height,
			),
	);
}

function leavesSpace({ rects, width, height }: Arrangement): boolean {
	return rects.some(
		(one) => one.x < 0 || one.y < 0 || one.x + one.width > width || one.y + one.height > height,
	);
}

describe("grid", () => {
	it("never lets tiles overlap or leave the field", () => {
		fc.assert(
			fc.property(counts, spaces, (count, space) => {
				const grid = arrangeGrid(count, space);
				expect(overlaps(grid)).toBe(false);
				expect(leavesSpace(grid)).toBe(false);
			}),
		);
	});

	it("crops no picture further than a square or 16:9", () => {
		fc.assert(
			fc.property(counts, spaces, (count, space) => {
				for (const { width, height } of arrangeGrid(count, space).rects) {
					expect(width / height).toBeGreaterThan(0.98);
					expect(width / height).toBeLessThan(1.8);
				}
			}),
		);
	});

	it("keeps its columns unless another number gains much", () => {
		const space: Space = { width: 900, height: 640, gap: 12 };
		const before = arrangeGrid(6, space);
		expect(arrangeGrid(5, space, before.columns).columns).toBe(before.columns);
	});
});

describe("speaker", () => {
	it("makes one picture the largest and keeps the others apart", () => {
		fc.assert(
			fc.property(fc.integer({ min: 2, max: 50 }), spaces, (count, space) => {
				const layout = arrangeSpeaker(count, 0, space);
				const shown = { ...layout, rects: layout.rects.slice(0, layout.shown) };
				expect(overlaps(shown)).toBe(false);
				expect(layout.more === null).toBe(layout.shown === count);
			}),
		);
	});
});

describe("strip", () => {
	it("runs along the longer side", () => {
		const across = arrangeStrip(4, { width: 800, height: 120, gap: 8 });
		expect(new Set(across.rects.map((rect) => rect.y))).toEqual(new Set([0]));
		const down = arrangeStrip(4, { width: 104, height: 600, gap: 8 });
		expect(new Set(down.rects.map((rect) => rect.x))).toEqual(new Set([0]));
	});
});
