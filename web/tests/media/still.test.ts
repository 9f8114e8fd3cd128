import fc from "fast-check";
import { expect, it } from "vitest";
import { base64Of, shrink, smallEnough } from "../../src/media/own/still";

const blobOf = (bytes: number) => new Blob([new Uint8Array(bytes)]);

it("shrinks in proportion, never enlarges, and leaves no side empty", () => {
	expect(shrink({ width: 1280, height: 720 }, 640)).toEqual({ width: 640, height: 360 });
	expect(shrink({ width: 320, height: 240 }, 640)).toEqual({ width: 320, height: 240 });
	const side = fc.integer({ min: 1, max: 10_000 });
	fc.assert(
		fc.property(side, side, (width, height) => {
			const made = shrink({ width, height }, 640);
			expect(Math.max(made.width, made.height)).toBeLessThanOrEqual(640);
			expect(Math.min(made.width, made.height)).toBeGreaterThanOrEqual(1);
			expect(made.width <= width && made.height <= height).toBe(true);
		}),
	);
});

it("takes the best picture that the server takes", async () => {
	const tried: string[] = [];
	const blob = await smallEnough({ width: 1280, height: 720 }, async (size, quality) => {
		tried.push(`${size.width} ${quality}`);
		return blobOf(Math.round(size.width * size.height * quality * 0.15));
	});
	expect(blob?.size).toBeLessThanOrEqual(24_000);
	expect(tried).toEqual(["640 0.8", "640 0.6"]);
});

it("has none when there is none, or none is small enough", async () => {
	expect(await smallEnough({ width: 0, height: 0 }, async () => blobOf(1))).toBeNull();
	expect(await smallEnough({ width: 640, height: 480 }, async () => blobOf(24_001))).toBeNull();
	expect(await smallEnough({ width: 640, height: 480 }, async () => null)).toBeNull();
});

it("writes bytes as messages carry them", async () => {
	expect(await base64Of(new Blob([new Uint8Array([0xff, 0xd8, 0xff])]))).toBe("/9j/");
	expect(await base64Of(new Blob([new Uint8Array([0xff])]))).toBe("/w==");
});
