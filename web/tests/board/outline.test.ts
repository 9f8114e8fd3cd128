import { describe, expect, test } from "vitest";
import type { Stroke } from "../../src/board/model";
import { trace } from "../../src/board/outline";

function stroke(...at: readonly (readonly [number, number])[]): Stroke {
	const points = new Float32Array(at.flatMap(([x, y]) => [x, y, 0.5]));
	return { kind: "pen", colour: "ink", size: 4, order: 1, page: "", points };
}

function traced(drawn: Stroke, least: number): readonly string[] {
	const seen: string[] = [];
	const moveTo = (x: number, y: number) => void seen.push(`M${x} ${y}`);
	trace({ moveTo, lineTo: (x, y) => void seen.push(`L${x} ${y}`) }, drawn, least);
	return seen;
}

describe("a stroke that is traced", () => {
	test("goes through all its points where each can be told from the one before", () => {
		expect(traced(stroke([0, 0], [5, 0], [5, 5]), 1)).toEqual(["M0 0", "L5 0", "L5 5"]);
	});

	test("leaves out what nobody sees, and never its end", () => {
		const drawn = stroke([0, 0], [0.4, 0], [0.8, 0.9], [1.2, 0], [1.3, 0.1]);
		expect(traced(drawn, 1)).toEqual(["M0 0", expect.stringMatching(/^L1\.2/), expect.any(String)]);
		expect(traced(drawn, 100)).toHaveLength(2);
	});

	test("is nowhere farther from its points than what nobody sees", () => {
		const at = Array.from({ length: 200 }, (_, n) => [n / 10, Math.sin(n / 9) * 8] as const);
		const kept = traced(stroke(...at), 0.5).map((one) => one.slice(1).split(" ").map(Number));
		for (const [x, y] of at) {
			const nearest = kept.some(
				([toX = 0, toY = 0]) => Math.abs(toX - x) <= 0.5 && Math.abs(toY - y) <= 0.5,
			);
			expect(nearest).toBe(true);
		}
		expect(kept.length).toBeLessThan(at.length);
	});

	test("of one point is a dot", () => {
		expect(traced(stroke([3, 4]), 1)).toEqual(["M3 4", "L3 4"]);
	});
});
