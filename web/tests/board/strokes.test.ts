/** The server draws strokes as well, and pytest holds it to the same outlines. */
import { readFileSync } from "node:fs";
import { getStroke } from "perfect-freehand";
import { expect, test } from "vitest";

interface Sample {
	readonly size: number;
	readonly thinning: number;
	readonly points: readonly (readonly [number, number, number])[];
	readonly outline: readonly (readonly [number, number])[];
}

const address = new URL("../../../tests/boards/strokes.json", import.meta.url);
const samples = JSON.parse(readFileSync(address, "utf8")) as readonly Sample[];

test.each(samples.map((sample, n) => [n, sample] as const))("stroke %i", (_n, sample) => {
	const points = sample.points.map((point) => [...point]);
	const made = getStroke(points, {
		size: sample.size,
		thinning: sample.thinning,
		smoothing: 0.5,
		streamline: 0.35,
		simulatePressure: false,
		last: true,
	});
	expect(made).toHaveLength(sample.outline.length);
	for (const [n, [x, y]] of sample.outline.entries()) {
		expect(made[n]?.[0]).toBeCloseTo(x, 2);
		expect(made[n]?.[1]).toBeCloseTo(y, 2);
	}
});
