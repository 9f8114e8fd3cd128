import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DoorMemory, keyIn } from "../../src/actions/door_memory";
import { FakeClock } from "../fakes/clock";
import { PLACE } from "../fakes/door";
import { FakeStorage } from "../fakes/storage";

const HOUR = 3_600_000;
const KEY = "k".repeat(27);
const garden = { kind: "room", name: "garden" } as const;
let clock: FakeClock;
let local: FakeStorage;
let session: FakeStorage;
const remember = (fragment = "") => new DoorMemory(garden, clock, fragment);

beforeEach(() => {
	clock = new FakeClock();
	local = new FakeStorage();
	session = new FakeStorage();
	vi.stubGlobal("localStorage", local);
	vi.stubGlobal("sessionStorage", session);
});
afterEach(() => vi.unstubAllGlobals());

describe("the place in the lobby", () => {
	it("is found again by the next page, for twelve hours", async () => {
		remember().keepPlace(PLACE, "Hello");
		await clock.advance(12 * HOUR - 1);
		expect(remember().place).toBe(PLACE);
		expect(remember().message).toBe("Hello");
		await clock.advance(1);
		expect(remember().place).toBeNull();
		expect(Object.keys(local)).toEqual([]);
	});

	it("belongs to one door", () => {
		remember().keepPlace(PLACE, "");
		const same = { kind: "reception", name: "garden" } as const;
		expect(new DoorMemory(same, clock, "").place).toBeNull();
		expect(new DoorMemory({ kind: "room", name: "attic" }, clock, "").place).toBeNull();
	});

	it("is forgotten when it is over", () => {
		const memory = remember();
		memory.keepPlace(PLACE, "");
		memory.forgetPlace();
		expect([memory.place, remember().place]).toEqual([null, null]);
	});
});

describe("the key", () => {
	it("comes from the address, before any that was kept", () => {
		expect(remember(`#key=${KEY}`).key).toBe(KEY);
		remember().keepKey("garden", `other${KEY}`);
		expect(remember().key).toBe(`other${KEY}`);
		expect(remember(`#key=${KEY}`).key).toBe(KEY);
	});

	it("is not written down when it comes from the address", () => {
		remember(`#key=${KEY}`);
		expect(Object.keys(local)).toEqual([]);
	});

	it("of the address is kept by this tab once it was used, under the name that the room has", () => {
		const memory = remember(`#key=${KEY}`);
		expect(remember().key).toBeNull();
		expect(memory.keepBrought("garden")).toBe(true);
		expect(Object.keys(local)).toEqual([]);
		expect(remember().key).toBe(KEY);
		expect(remember().keepBrought("orchard")).toBe(true);
		expect(remember().key).toBeNull();
	});

	it("of the address stays there when the browser keeps nothing, and goes when it opens nothing", () => {
		expect(remember().keepBrought("garden")).toBe(false);
		const memory = remember(`#key=${KEY}`);
		memory.keepBrought("garden");
		memory.forgetKey();
		expect([remember().key, memory.keepBrought("garden")]).toEqual([null, false]);
	});

	it("is none when nobody could have been given it", () => {
		for (const bad of [
			"",
			"#key=",
			"#key=short",
			`#key=${KEY} `,
			`#key=${"k".repeat(65)}`,
			"#stage",
		]) {
			expect(keyIn(bad), bad).toBeNull();
		}
	});
});

describe("the way back", () => {
	it("is not used unless it is called for", () => {
		remember().keepWayBack("token", "garden");
		const memory = remember();
		expect(memory.wayBack).toBeNull();
		memory.recallWayBack();
		expect(memory.wayBack).toBe("token");
	});

	it("is good for two minutes after one was last in", async () => {
		const memory = remember();
		memory.keepWayBack("token", "garden");
		await clock.advance(HOUR);
		memory.touchWayBack();
		await clock.advance(119_999);
		expect(memory.wayBack).toBe("token");
		await clock.advance(1);
		expect(memory.wayBack).toBeNull();
	});

	it("knows a tab that was in the room from one that is new or left", () => {
		const memory = remember();
		memory.keepWayBack("token", "garden");
		expect(remember().wasInside).toBe(true);
		memory.left();
		expect(remember().wasInside).toBe(false);
	});

	it("goes with the room when that is renamed, and is gone after a removal", () => {
		const memory = remember();
		memory.keepWayBack("token", "attic");
		const attic = () => new DoorMemory({ kind: "room", name: "attic" }, clock, "");
		expect(attic().wasInside).toBe(true);
		memory.forgetWayBack();
		const after = attic();
		after.recallWayBack();
		expect(after.wayBack).toBeNull();
	});
});

it("hands an admission on to the page of the room, in this tab", () => {
	new DoorMemory({ kind: "reception", name: "ada" }, clock, "").handOn("garden", PLACE);
	expect(remember().admission).toBe(PLACE);
	expect(new DoorMemory({ kind: "room", name: "attic" }, clock, "").admission).toBeNull();
	remember().forgetAdmission();
	expect(remember().admission).toBeNull();
});

it("believes nothing that it reads", () => {
	const keys = ["meetd.place.room.garden", "meetd.key.garden", "meetd.wayBack.garden"];
	fc.assert(
		fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
			for (const key of keys) local.setItem(key, text);
			for (const key of ["meetd.inside", "meetd.admitted"]) session.setItem(key, text);
			const memory = remember();
			memory.recallWayBack();
			const read = [memory.place, memory.key, memory.wayBack, memory.admission, memory.message];
			expect(read).toEqual([null, null, null, null, ""]);
			expect(memory.wasInside).toBe(false);
		}),
	);
});

it("works where storage is forbidden", () => {
	const forbidden = new Proxy({} as Storage, {
		get() {
			throw new DOMException("forbidden", "SecurityError");
		},
		ownKeys() {
			throw new DOMException("forbidden", "SecurityError");
		},
	});
	vi.stubGlobal("localStorage", forbidden);
	vi.stubGlobal("sessionStorage", forbidden);
	const memory = remember(`#key=${KEY}`);
	memory.keepPlace(PLACE, "Hello");
	memory.keepWayBack("token", "garden");
	expect([memory.place, memory.message, memory.wayBack, memory.key]).toEqual([
		PLACE,
		"Hello",
		"token",
		KEY,
	]);
	expect([memory.admission, memory.wasInside]).toEqual([null, false]);
});
