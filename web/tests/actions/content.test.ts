import { beforeEach, describe, expect, it, vi } from "vitest";
import { type ContentDesk, KEEP_WITHIN_MS, makeContentDesk } from "../../src/actions/content";
import { makeStore, type Store } from "../../src/actions/store";
import type { Command } from "../../src/protocol/generated";
import type { Note } from "../../src/state/notes";
import { FakeClock } from "../fakes/clock";
import { item, participant, room } from "../fakes/meeting";
import { welcome } from "../fakes/socket";

let clock: FakeClock;
let store: Store;
let desk: ContentDesk;
let asked: Command[];
let notes: Note[];

beforeEach(() => {
	clock = new FakeClock();
	store = makeStore();
	asked = [];
	notes = [];
	const told = {
		ask: (command: Command) => Promise.resolve(asked.push(command) > 0),
		note: (note: Note) => void notes.push(note),
	};
	desk = makeContentDesk(
		store,
		clock,
		told,
		{
			online: () => true,
			request: (command) => {
				asked.push(command);
				return Promise.resolve(null);
			},
		},
		() => new Promise(() => undefined),
	);
});

function enter(change = {}): void {
	store.happen({ type: "JoinStarted" });
	const snapshot = {
		...welcome().snapshot,
		participants: [participant(0)],
		content: [item(1)],
		...change,
	};
	store.happen({
		type: "EventHeard",
		event: welcome({ snapshot, contentKey: "a+b", limits: { ...welcome().limits, file: 5 } }),
		now: 0,
		alive: [],
	});
}

describe("what is sure to be refused", () => {
	const trouble = () => desk.state.uploads.value.map((one) => one.trouble);

	it("is not sent", () => {
		enter();
		desk.actions.upload([new File(["123456"], "large"), new File(["12345"], "small")]);
		expect(trouble()).toEqual([{ code: "FileTooLarge", facts: { limit: 5 } }, null]);
	});

	it("because only hosts share now", () => {
		enter({ room: room({ presenterMode: true }) });
		desk.actions.upload([new File(["1"], "small")]);
		expect(trouble()).toEqual([{ code: "HostsOnly", facts: {} }]);
	});
});

describe("a removed file", () => {
	it("goes after a moment", async () => {
		enter();
		desk.actions.removeItem("i1");
		desk.actions.removeItem("i1");
		expect([...desk.state.removing.value]).toEqual(["i1"]);
		await clock.advance(KEEP_WITHIN_MS - 1);
		expect(asked).toEqual([]);
		await clock.advance(1);
		expect(asked).toEqual([{ type: "RemoveContent", item: "i1" }]);
		expect(desk.state.removing.value.size).toBe(0);
	});

	it("can be kept after all, and stays when one leaves before", async () => {
		enter();
		desk.actions.removeItem("i1");
		desk.actions.keepItem("i1");
		desk.actions.removeItem("i2");
		desk.left();
		await clock.advance(KEEP_WITHIN_MS * 2);
		expect(asked).toEqual([]);
		expect(desk.state.removing.value.size).toBe(0);
	});
});

describe("a download", () => {
	const links: { href: string; download: string; clicked: boolean }[] = [];
	function server(status: number, body = ""): ReturnType<typeof vi.fn> {
		links.length = 0;
		vi.stubGlobal("document", {
			createElement() {
				const link = { href: "", download: "", clicked: false };
				links.push(link);
				return { ...link, click: () => Object.assign(link, { clicked: true }) };
			},
		});
		const fetch = vi.fn(() => Promise.resolve(new Response(body, { status })));
		vi.stubGlobal("fetch", fetch);
		return fetch;
	}

	it.each([206, 416])("begins when the server has the file (%s)", async (status) => {
		enter();
		const fetch = server(status);
		await desk.actions.download(item(1));
		expect(fetch).toHaveBeenCalledWith("/api/v1/items/i1?key=a%2Bb", expect.anything());
		expect(links).toMatchObject([{ clicked: true }]);
		expect(notes).toEqual([]);
	});

	it("that is refused says why", async () => {
		enter();
		server(404, '{"code":"NoSuchItem","facts":{}}');
		await desk.actions.download(item(1));
		expect(links).toEqual([]);
		expect(notes).toEqual([
			{ kind: "not fetched", name: "plan 1.pdf", refusal: { code: "NoSuchItem", facts: {} } },
		]);
	});

	it("says when nobody answers, or what answers is not ours", async () => {
		enter();
		server(502, "<h1>Bad gateway</h1>");
		await desk.actions.download(item(1));
		vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
		await desk.actions.download(item(1));
		expect(notes.map((note) => note.kind === "not fetched" && note.refusal)).toEqual([null, null]);
	});
});

describe("what one presents", () => {
	const view = (y: number) => ({ page: 1, zoom: 1, x: 0.5, y, at: 0, playing: false });

	it("is followed at once, and then where it comes to rest", async () => {
		enter();
		for (const y of [0.1, 0.2, 0.3]) desk.actions.moveView("i1", view(y));
		expect(asked).toEqual([{ type: "MoveView", item: "i1", view: view(0.1) }]);
		await clock.advance(1_000);
		expect(asked.slice(1)).toEqual([{ type: "MoveView", item: "i1", view: view(0.3) }]);
		desk.actions.moveView("i1", view(0.4));
		expect(asked).toHaveLength(3);
	});
});

describe("a text", () => {
	const answer = (status: number, body = "") =>
		vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));

	it("is read up to what a page shows", async () => {
		enter();
		answer(206, "één");
		expect(await desk.actions.readText(item(1))).toBe("één");
		answer(206, "x".repeat(1_000_001));
		expect(await desk.actions.readText(item(1))).toBe("too long");
		answer(416);
		expect(await desk.actions.readText(item(1))).toBe("");
		answer(404);
		expect(await desk.actions.readText(item(1))).toBeNull();
	});
});
