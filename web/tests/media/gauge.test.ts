import { describe, expect, it } from "vitest";
import { Decline } from "../../src/media/decline";
import { type Expected, Gauge } from "../../src/media/gauge";
import type { Counters } from "../../src/media/quality";

const NOTHING: Counters = {
	received: 0,
	lost: 0,
	bytes: 0,
	frames: 0,
	frozen: 0,
	height: null,
	roundTripMs: null,
	quietMs: null,
};
const counters = (change: Partial<Counters>): Counters => ({ ...NOTHING, ...change });

describe("media has arrived", () => {
	const cases: [string, Expected, Partial<Counters>, number, boolean][] = [
		["a picture once it is decoded", { sound: true, picture: true }, { frames: 1 }, 0, true],
		["not yet with sound alone", { sound: true, picture: true }, { received: 9 }, 2_000, false],
		[
			"with sound, where a picture is too much",
			{ sound: true, picture: true },
			{ received: 9 },
			3_000,
			true,
		],
		["never with nothing", { sound: true, picture: true }, {}, 60_000, false],
		[
			"sound alone where there is no picture",
			{ sound: true, picture: false },
			{ received: 1 },
			0,
			true,
		],
		[
			"silence, which is not sent, after a while",
			{ sound: true, picture: false },
			{},
			2_900,
			false,
		],
		["silence, which is not sent, after a while", { sound: true, picture: false }, {}, 3_000, true],
		["nothing, where nothing is sent", { sound: false, picture: false }, {}, 0, true],
	];
	it.each(cases)("%s", (_, expected, change, waitedMs, arrived) => {
		const gauge = new Gauge();
		// Nothing happens while it is known that nothing can have come.
		gauge.observe(NOTHING, { sound: true, picture: true }, 10_000);
		gauge.observe(counters(change), expected, 10_000 + waitedMs);
		expect(gauge.arrived).toBe(arrived);
	});

	it("counts from the first look, and anew after a loss", () => {
		const gauge = new Gauge();
		const picture = { sound: true, picture: true };
		gauge.observe(counters({ frames: 50, received: 99 }), picture, 0);
		expect(gauge.arrived).toBe(false);
		gauge.observe(counters({ frames: 51, received: 120 }), picture, 200);
		expect(gauge.arrived).toBe(true);
		gauge.restart();
		gauge.observe(counters({ frames: 51, received: 120 }), picture, 400);
		expect(gauge.arrived).toBe(false);
	});

	it("measures every two seconds, however often it looks", () => {
		const gauge = new Gauge();
		const looks = Array.from({ length: 41 }, (_, index) => index * 200);
		const measured = looks.filter((at) =>
			gauge.observe(
				counters({ received: at, bytes: at * 125 }),
				{ sound: true, picture: false },
				at,
			),
		);
		expect(measured).toHaveLength(4);
		expect(gauge.measured.bitrate).toBe(1_000_000);
		expect(gauge.heard).toBe(true);
	});

	it("counts silence from the last look that brought packets, and anew after a loss", () => {
		const gauge = new Gauge();
		const look = (received: number, at: number) => {
			gauge.observe(counters({ received }), { sound: true, picture: false }, at);
			return [gauge.heard, gauge.silence];
		};
		expect(look(10, 0)).toEqual([false, 0]);
		expect(look(20, 1_000)).toEqual([true, 0]);
		expect(look(20, 2_000)).toEqual([false, 1_000]);
		expect(look(20, 3_000)).toEqual([false, 2_000]);
		gauge.restart();
		expect(look(20, 4_000)).toEqual([false, 0]);
		expect(look(20, 5_000)).toEqual([false, 1_000]);
		// Another connection counts from zero.
		expect(look(0, 6_000)).toEqual([false, 2_000]);
		expect(look(5, 7_000)).toEqual([true, 0]);
	});

	it("counts it from the last packet where the browser says when that came", () => {
		const gauge = new Gauge();
		const look = (received: number, quietMs: number, at: number) => {
			gauge.observe(counters({ received, quietMs }), { sound: true, picture: false }, at);
			return [gauge.heard, gauge.silence];
		};
		expect(look(10, 0, 0)).toEqual([false, 0]);
		expect(look(20, 900, 1_000)).toEqual([true, 900]);
		expect(look(20, 1_900, 2_000)).toEqual([false, 1_900]);
		// It came after the look before, also by a clock that was set.
		expect(look(30, 3_600_000, 3_000)).toEqual([true, 1_000]);
	});
});

describe("a path has been bad for too long", () => {
	const observed = (...qualities: readonly ("good" | "fair" | "poor" | null)[]) => {
		const decline = new Decline();
		const changes = qualities.map((quality) => decline.observe(quality));
		return { declined: decline.declined, changes: changes.filter(Boolean).length };
	};
	const times = (count: number, quality: "good" | "poor" | null) => Array(count).fill(quality);

	it("after 16 of 20 seconds, and not before", () => {
		expect(observed(...times(7, "poor"))).toEqual({ declined: false, changes: 0 });
		expect(observed(...times(8, "poor"))).toEqual({ declined: true, changes: 1 });
		expect(observed(...times(4, "poor"), "good", "fair", ...times(4, "poor"))).toEqual({
			declined: true,
			changes: 1,
		});
	});
	it("not when it comes and goes", () => {
		const seesaw = Array.from({ length: 50 }, (_, index) => (index % 2 ? "poor" : "good"));
		expect(observed(...(seesaw as "poor"[]))).toEqual({ declined: false, changes: 0 });
	});
	it("until ten seconds were good", () => {
		expect(observed(...times(8, "poor"), ...times(4, "good")).declined).toBe(true);
		expect(observed(...times(8, "poor"), ...times(5, "good"))).toEqual({
			declined: false,
			changes: 2,
		});
	});
	it("which says nothing while nothing is measured", () => {
		expect(observed(...times(7, "poor"), ...times(9, null), "poor").declined).toBe(true);
	});
	it("which is forgotten with the path", () => {
		const decline = new Decline();
		for (let time = 0; time < 8; time += 1) decline.observe("poor");
		decline.forget();
		expect([decline.declined, decline.observe("poor")]).toEqual([false, false]);
	});
});
