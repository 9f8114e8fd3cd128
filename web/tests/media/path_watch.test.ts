import { beforeEach, expect, it } from "vitest";
import { PathWatch } from "../../src/media/path_watch";
import { FakeClock } from "../fakes/clock";

let clock: FakeClock;
let log: string[];

function watch(impolite = true): PathWatch {
	const started = new PathWatch(clock, impolite, {
		changed: (state) => log.push(state),
		heal: (attempt) => log.push(`heal ${attempt}`),
	});
	started.start();
	return started;
}

beforeEach(() => {
	clock = new FakeClock();
	log = [];
});

it("fails 4 s after the start of a path that never worked, and keeps trying", async () => {
	const path = watch();
	path.saw("connecting");
	await clock.advance(3_999);
	expect(log).toEqual(["connecting"]);
	await clock.advance(1);
	expect(log).toEqual(["connecting", "failed"]);
	await clock.advance(60_000);
	expect(log.slice(2)).toEqual(["heal 1", "heal 2", "heal 3", "heal 4", "heal 5", "heal 6"]);
});

it.each(["disconnected", "failed", "connecting"] as const)(
	"fails 4 s after a path that worked became %s, and tries to heal before",
	async (state) => {
		const path = watch();
		path.saw("connected");
		path.saw(state);
		await clock.advance(3_999);
		expect(log).toEqual(["connecting", "connected", "heal 1"]);
		await clock.advance(1);
		expect(log.at(-1)).toBe("failed");
	},
);

it("says nothing of a short interruption", async () => {
	const path = watch();
	path.saw("connected");
	path.saw("disconnected");
	await clock.advance(900);
	path.saw("connected");
	await clock.advance(60_000);
	expect(log).toEqual(["connecting", "connected"]);
	expect(clock.waiting).toBe(0);
});

it("counts tries to heal anew after each loss", async () => {
	const path = watch();
	path.saw("connected");
	path.saw("disconnected");
	await clock.advance(6_000);
	path.saw("connected");
	path.saw("disconnected");
	await clock.advance(1_000);
	expect(log.filter((one) => one.startsWith("heal"))).toEqual(["heal 1", "heal 2", "heal 1"]);
});

it("lets the impolite side go first", async () => {
	const path = watch(false);
	path.saw("connected");
	path.saw("disconnected");
	await clock.advance(2_999);
	expect(log).not.toContain("heal 1");
	await clock.advance(1);
	expect(log).toContain("heal 1");
});

it("takes silence for a loss though the connection says otherwise", async () => {
	const path = watch();
	path.silent();
	expect(log).toEqual(["connecting"]);
	path.saw("connected");
	path.silent();
	expect(log.at(-1)).toBe("failed");
	await clock.advance(1_000);
	expect(log.at(-1)).toBe("heal 1");
	path.saw("connected");
	expect(log.at(-1)).toBe("connected");
});
