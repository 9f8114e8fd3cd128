import { describe, expect, test } from "vitest";
import { canvasFor, drawnWidth, isShowable } from "../../src/pdf/limits";

describe("pages of PDFs", () => {
	test("a page of any sensible shape is shown", () => {
		expect(isShowable({ width: 595, height: 842 })).toBe(true);
		expect(isShowable({ width: 14_400_000, height: 14_400_000 })).toBe(true);
	});

	test.each([
		{ width: 9_999_999, height: 1 },
		{ width: 1, height: 9_999_999 },
		{ width: 0, height: 5 },
		{ width: 5, height: 0 },
		{ width: -5, height: 5 },
		{ width: Number.NaN, height: 5 },
		{ width: Number.POSITIVE_INFINITY, height: 5 },
	])("$width by $height is none", (size) => {
		expect(isShowable(size)).toBe(false);
	});

	test("a canvas is as wide as asked for", () => {
		expect(canvasFor({ width: 600, height: 900 }, 400)).toEqual({ width: 400, height: 600 });
	});

	test.each([
		{ width: 600, height: 900 },
		{ width: 14_400_000, height: 14_400_000 },
		{ width: 1, height: 100 },
		{ width: 100, height: 1 },
	])("%o is drawn on in no more pixels than a whiteboard keeps", (page) => {
		const { width, height } = canvasFor(page, drawnWidth(page));
		expect(Math.max(width, height)).toBeLessThanOrEqual(1_600);
		expect(Math.max(width, height)).toBeGreaterThan(1_500);
	});

	test.each([
		[{ width: 600, height: 900 }, 100_000],
		[{ width: 1, height: 100 }, 100_000],
		[{ width: 100, height: 1 }, 100_000],
		[{ width: 595, height: 842 }, 0],
	])("%o at %i pixels fits into memory and has a pixel", (page, wanted) => {
		const { width, height } = canvasFor(page, wanted);
		expect(width * height).toBeLessThanOrEqual(16_000_000);
		expect(Math.max(width, height)).toBeLessThanOrEqual(8_192);
		expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
	});
});
