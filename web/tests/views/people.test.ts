import { describe, expect, it } from "vitest";
import type { RemoteMedia } from "../../src/state/media";
import {
	everybody,
	handPlace,
	pathState,
	reasonOf,
	spotlight,
} from "../../src/views/people/everybody";
import { newsBetween } from "../../src/views/room/news";
import { panelsShown } from "../../src/views/room/panels";
import { meeting, participant } from "../fakes/meeting";
import { preferences, remoteMedia } from "../fakes/page";

describe("everybody", () => {
	it("keeps the place of those who have not come back yet, as away", () => {
		const people = everybody(
			meeting({ participants: [participant(0), participant(2)], missing: [participant(1)] }),
		);
		expect(people.map((one) => [one.id, one.away])).toEqual([
			["p0", false],
			["p1", true],
			["p2", false],
		]);
	});

	it("orders raised hands by who was first", () => {
		const people = [participant(0, { hand: 9 }), participant(1), participant(2, { hand: 4 })];
		expect(people.map((one) => handPlace(people, one.id))).toEqual([2, null, 1]);
	});

	it("makes the other one large, who spoke last, never oneself before others", () => {
		const people = [participant(0), participant(1), participant(2)];
		expect(spotlight(people, "p0", "p2", "p1")).toBe("p2");
		expect(spotlight(people, "p0", "p0", "p1")).toBe("p1");
		expect(spotlight(people, "p0", null, "gone")).toBe("p1");
		expect(spotlight([participant(0)], "p0", null, null)).toBe("p0");
	});

	it("believes its own view of a path before the server's", () => {
		const path = { path: "direct", state: "connected", why: "" } as const;
		expect(pathState(remoteMedia({ state: "failed" }), path)).toBe("failed");
		expect(pathState(undefined, path)).toBe("connected");
		expect(pathState(undefined, undefined)).toBe("connecting");
	});

	it("knows why somebody's media comes as it does", () => {
		const reason = (path: "direct" | "relayed", why: RemoteMedia["why"]) =>
			reasonOf(remoteMedia({ path, why }));
		expect(reason("direct", "")).toBe("direct");
		expect(reason("relayed", "crowd")).toBe("crowd");
		expect(reason("relayed", "")).toBe("relayed");
	});
});

describe("news", () => {
	it("tells who came, went and raised a hand, and nothing about oneself", () => {
		const before = [participant(0), participant(1), participant(2)];
		const after = [participant(0, { hand: 1 }), participant(2, { hand: 2 }), participant(3)];
		expect(newsBetween(before, after, "p0").map((one) => one.kind)).toEqual([
			"handUp",
			"joined",
			"left",
		]);
	});
});

describe("panels", () => {
	const small = { compact: true, upright: true, preferences, pinned: false } as const;

	it("shows one panel at a time on a small screen, and the faces beside what is shared", () => {
		expect(panelsShown({ ...small, tab: "chat", sharing: true, reading: false })).toMatchObject({
			people: false,
			content: false,
			chat: true,
		});
		expect(panelsShown({ ...small, tab: "content", sharing: true, reading: false }).people).toBe(
			true,
		);
		expect(panelsShown({ ...small, tab: "content", sharing: false, reading: false }).people).toBe(
			false,
		);
		const read = { ...small, tab: "content", sharing: true, reading: true } as const;
		expect(panelsShown(read)).toMatchObject({ people: true, mode: "strip" });
	});

	it("makes the empty table slim on a wide screen", () => {
		const wide = {
			compact: false,
			upright: false,
			tab: "people",
			preferences,
			pinned: false,
		} as const;
		expect(panelsShown({ ...wide, sharing: false, reading: false })).toMatchObject({
			slim: true,
			mode: "grid",
		});
		expect(panelsShown({ ...wide, sharing: true, reading: false })).toMatchObject({
			slim: false,
			mode: "strip",
		});
	});

	it("makes whom one pinned large, also beside what is shared where there is room", () => {
		const situation = { upright: false, preferences, reading: false, pinned: true } as const;
		const mode = (compact: boolean, tab: "people" | "content", sharing: boolean) =>
			panelsShown({ ...situation, compact, tab, sharing }).mode;
		expect(mode(false, "people", false)).toBe("speaker");
		expect(mode(false, "people", true)).toBe("speaker");
		expect(mode(true, "people", true)).toBe("speaker");
		expect(mode(true, "content", true)).toBe("strip");
	});
});
