import fc from "fast-check";
import { expect, it } from "vitest";
import { afterRefusedJoin, retryDelay } from "../../src/connection/policy";

it("doubles from a quarter of a second to five seconds", () => {
	const delays = [1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => retryDelay(attempt, 0.5));
	expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
});

it("spreads pages by a quarter to either side", () => {
	expect(retryDelay(1, 0)).toBe(187.5);
	fc.assert(
		fc.property(fc.integer(), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
			const delay = retryDelay(attempt, random);
			expect(delay).toBeGreaterThanOrEqual(187.5);
			expect(delay).toBeLessThan(6_250);
		}),
	);
});

it("joins anew without a way back, waits when told to, and gives up only on what stays so", () => {
	expect(afterRefusedJoin({ code: "WayBackInvalid", facts: {} }, true)).toEqual({ step: "anew" });
	const tooFast = { code: "TooFast", facts: { seconds: 3 } } as const;
	expect(afterRefusedJoin(tooFast, true)).toEqual({ step: "again", afterMs: 3_000 });
	expect(afterRefusedJoin(tooFast, false)).toEqual({ step: "give up" });
	expect(afterRefusedJoin({ code: "ServerStopping", facts: {} }, true).step).toBe("again");
	expect(afterRefusedJoin({ code: "RoomFull", facts: { limit: 2 } }, true).step).toBe("give up");
});
