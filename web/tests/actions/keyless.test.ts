import { expect, it } from "vitest";
import { Keyless } from "../../src/actions/keyless";
import { FakeClock } from "../fakes/clock";

function watch() {
	const clock = new FakeClock();
	const seen: string[][] = [];
	const keyless = new Keyless(clock, (found) => seen.push([...found]));
	return { clock, seen, keyless };
}

it("finds who has no keys for five seconds, and takes it back when keys come", async () => {
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

it("finds nobody whose keys came in time", async () => {
	const { clock, seen, keyless } = watch();
	keyless.follow(["carol"]);
	keyless.follow([]);
	await clock.advance(10_000);
	expect(seen).toEqual([]);
});
