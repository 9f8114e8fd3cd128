import { expect, it } from "vitest";
import { Patience } from "../../src/actions/patience";
import { FakeClock } from "../fakes/clock";

function watch() {
	const clock = new FakeClock();
	const seen: string[][] = [];
	const keyless = new Patience(clock, 5_000, (found) => seen.push([...found]));
	return { clock, seen, keyless };
}

it("finds who goes without for that long, and takes it back when it comes", async () => {
	const { clock, seen, keyless } = watch();
	keyless.follow(["dirk"]);
	await clock.advance(4_999);
	expect(seen).toEqual([]);
	keyless.follow(["dirk", "eve"]);
	await clock.advance(1);
	expect(seen).toEqual([["dirk"]]);
	keyless.follow([]);
	expect(seen).toEqual([["dirk"], []]);
	expect(clock.waiting).toBe(0);
});

it("finds nobody for whom it came in time", async () => {
	const { clock, seen, keyless } = watch();
	keyless.follow(["carol"]);
	keyless.follow([]);
	await clock.advance(10_000);
	expect(seen).toEqual([]);
});
