import { beforeEach, describe, expect, it, vi } from "vitest";
import { makeBell, NOTICE_EVERY_MS, SOUND_EVERY_MS } from "../../src/door/bell";
import { apply, CLOSED, type Door } from "../../src/door/state";
import type { Locks } from "../../src/door/turns";
import type { Knocker } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";
import { knocker } from "./knocks";

/** Locks of a browser, as far as `ifAvailable` goes. */
function fakeLocks(): Locks {
	const held = new Set<string>();
	const request = async (name: string, _: unknown, run: (lock: unknown) => Promise<unknown>) => {
		if (held.has(name)) return run(null);
		held.add(name);
		try {
			return await run({ name });
		} finally {
			held.delete(name);
		}
	};
	return { request } as unknown as Locks;
}

interface Tab {
	readonly show: (door: Door) => void;
	readonly log: string[];
	hidden: boolean;
	mayPlay: boolean;
	sounds: boolean;
}

let clock: FakeClock;

function openTab(locks: Locks | null): Tab {
	const log: string[] = [];
	const tab = { log, hidden: false, mayPlay: true, sounds: true };
	const show = makeBell({
		clock,
		locks,
		soundsOn: () => tab.sounds,
		canKnock: async () => tab.mayPlay,
		knockAloud: () => log.push("knock"),
		onBlocked: () => log.push("blocked"),
		hidden: () => tab.hidden,
		notify: (waiting) => log.push(`notify ${waiting.length}`),
		onNews: (news) => log.push(`news ${news.map(({ id }) => id).join()}`),
	});
	return Object.assign(tab, { show });
}

function doorWith(...knockers: Knocker[]): Door {
	const event = { type: "DoorsWatched", ref: 1, knockers, now: clock.now() } as const;
	return apply(CLOSED, { type: "Heard", feed: "watch", event, now: clock.now(), you: "" });
}

const at = (id: string, ago = 0) => knocker(id, { knockedAt: clock.now() - ago });

beforeEach(() => {
	clock = new FakeClock();
	const kept = new Map<string, string>();
	vi.stubGlobal("sessionStorage", {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => kept.set(key, value),
	});
	return () => vi.unstubAllGlobals();
});

describe("the bell", () => {
	it("rings once for a knock, on this page and on the next", async () => {
		const [tab, door] = [openTab(null), doorWith(at("a"))];
		tab.show(door);
		tab.show(door);
		await clock.advance(SOUND_EVERY_MS * 2);
		expect(tab.log).toEqual(["news a", "knock"]);
		const next = openTab(null);
		next.show(door);
		await clock.advance(SOUND_EVERY_MS);
		expect(next.log).toEqual([]);
	});

	it("does not ring for who waited long before the page was opened", async () => {
		const tab = openTab(null);
		tab.show(doorWith(at("a", 60_000)));
		await clock.advance(SOUND_EVERY_MS);
		expect(tab.log).toEqual([]);
	});

	it("rings at most every five seconds, and once more for who came in between", async () => {
		const tab = openTab(null);
		const all: Knocker[] = [];
		for (let index = 0; index < 40; index += 1) {
			all.push(at(`k${index}`));
			tab.show(doorWith(...all));
			await clock.advance(250);
		}
		await clock.advance(SOUND_EVERY_MS * 3);
		expect(tab.log.filter((line) => line === "knock")).toHaveLength(3);
	});

	it("is silent when whoever came in between is gone", async () => {
		const tab = openTab(null);
		const first = at("a");
		tab.show(doorWith(first));
		await clock.advance(1_000);
		tab.show(doorWith(first, at("b")));
		tab.show(doorWith());
		await clock.advance(SOUND_EVERY_MS * 2);
		expect(tab.log.filter((line) => line === "knock")).toHaveLength(1);
	});

	it("offers sound where the browser blocks it, and nothing where it is off", async () => {
		const [blocked, off] = [openTab(null), openTab(null)];
		blocked.mayPlay = false;
		off.sounds = false;
		for (const tab of [blocked, off]) tab.show(doorWith(at("a")));
		await clock.advance(SOUND_EVERY_MS);
		expect(blocked.log).toEqual(["news a", "blocked"]);
		expect(off.log).toEqual([]);
	});
});

describe("several tabs", () => {
	it("ring once together, in one that may play", async () => {
		const locks = fakeLocks();
		const tabs = [openTab(locks), openTab(locks), openTab(locks)];
		if (tabs[0]) tabs[0].mayPlay = false;
		const door = doorWith(at("a"));
		for (const tab of tabs) {
			vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => undefined });
			tab.show(door);
		}
		await clock.advance(SOUND_EVERY_MS * 2);
		await settle();
		expect(tabs.flatMap(({ log }) => log).filter((line) => line === "knock")).toHaveLength(1);
		expect(tabs[0]?.log).not.toContain("knock");
	});

	it.each([
		[true, true, 1],
		[true, false, 0],
	])(
		"notify once when all are hidden, never beside one that is seen",
		async (one, other, count) => {
			vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => undefined });
			const locks = fakeLocks();
			const tabs = [openTab(locks), openTab(locks)];
			tabs.forEach((tab, index) => {
				tab.hidden = index === 0 ? one : other;
				tab.show(doorWith(at("a")));
			});
			await clock.advance(NOTICE_EVERY_MS * 2);
			const notices = tabs.flatMap(({ log }) => log).filter((line) => line.startsWith("notify"));
			expect(notices).toHaveLength(count);
		},
	);
});
