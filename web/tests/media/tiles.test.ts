import { beforeEach, expect, it } from "vitest";
import { ShownTiles } from "../../src/media/tiles";
import type { Tile } from "../../src/protocol/generated";
import { FakeClock } from "../fakes/clock";

let clock: FakeClock;
let told: (readonly Tile[])[];
let tiles: ShownTiles;
const tile = (participant: string, height: number, first = false) => ({
	participant,
	slot: "camera",
	width: 2 * height,
	height,
	first,
});

beforeEach(() => {
	clock = new FakeClock();
	told = [];
	tiles = new ShownTiles({ clock, tell: (shown) => told.push(shown) });
});

it("says nothing before the server wants to know, then all of it at once", async () => {
	tiles.show("ada", "camera", { width: 640, height: 320 });
	await clock.advance(10_000);
	expect(told).toEqual([]);
	tiles.follow(true);
	expect(told).toEqual([[tile("ada", 320)]]);
});

it("says where tiles came to rest, not each step on the way, and nothing twice", async () => {
	tiles.follow(true);
	for (let height = 100; height <= 400; height += 10) {
		tiles.show("ada", "camera", { width: 2 * height, height });
		await clock.advance(1);
	}
	await clock.advance(1_000);
	expect(told).toEqual([[], [tile("ada", 400)]]);
	tiles.show("ada", "camera", { width: 800.2, height: 399.9 });
	await clock.advance(1_000);
	expect(told).toHaveLength(2);
});

it("puts who speaks first", async () => {
	tiles.follow(true);
	tiles.show("ada", "camera", { width: 200, height: 100 });
	tiles.show("bob", "camera", { width: 200, height: 100 });
	tiles.first("bob");
	await clock.advance(1_000);
	expect(told.at(-1)).toEqual([tile("ada", 100), tile("bob", 100, true)]);
});

it("puts what the person chose first as well, for as long as it is there", async () => {
	tiles.follow(true);
	tiles.show("ada", "camera", { width: 200, height: 100 });
	tiles.show("bob", "camera", { width: 200, height: 100 });
	tiles.show("bob", "screen", { width: 200, height: 100 });
	tiles.first("ada");
	const bob = tile("bob", 100);
	const screen = (first: boolean) => ({ ...tile("bob", 100, first), slot: "screen" });
	tiles.choose("bob", "screen", true);
	await clock.advance(1_000);
	expect(told.at(-1)).toEqual([tile("ada", 100, true), bob, screen(true)]);
	tiles.choose("bob", "camera", true);
	await clock.advance(1_000);
	expect(told.at(-1)).toEqual([tile("ada", 100, true), { ...bob, first: true }, screen(true)]);
	tiles.choose("bob", "camera", false);
	tiles.show("bob", "screen", null);
	await clock.advance(1_000);
	expect(told.at(-1)).toEqual([tile("ada", 100, true), bob]);
	tiles.choose("bob", "screen", false);
	tiles.show("bob", "screen", { width: 200, height: 100 });
	await clock.advance(1_000);
	expect(told.at(-1)).toEqual([tile("ada", 100, true), bob, screen(false)]);
});

it("shows nothing while nobody looks at the page, and everything again after that", async () => {
	tiles.show("ada", "camera", { width: 200, height: 100 });
	tiles.follow(true);
	tiles.visible(false);
	await clock.advance(1_000);
	expect(told.at(-1)).toEqual([]);
	expect(tiles.shows("ada")).toBe(false);
	tiles.visible(true);
	await clock.advance(1_000);
	expect(told.at(-1)).toEqual([tile("ada", 100)]);
	expect(tiles.shows("ada")).toBe(true);
});

it("takes out what is scrolled away, and keeps sizes within what the server takes", async () => {
	tiles.show("ada", "camera", { width: 200, height: 100 });
	tiles.show("ada", "screen", { width: 99_999, height: -1 });
	tiles.show("ada", "camera", null);
	tiles.follow(true);
	expect(told).toEqual([
		[{ participant: "ada", slot: "screen", width: 16_384, height: 0, first: false }],
	]);
});

it("is told once more when the server may have forgotten, and never while it is not asked", async () => {
	tiles.show("ada", "camera", { width: 200, height: 100 });
	tiles.follow(true);
	tiles.follow(true);
	expect(told).toHaveLength(2);
	tiles.first("ada");
	tiles.follow(false);
	await clock.advance(1_000);
	expect(told).toHaveLength(2);
	expect(clock.waiting).toBe(0);
});
