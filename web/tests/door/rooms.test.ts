import { afterEach, describe, expect, it, vi } from "vitest";
import { namesIn, usableRooms } from "../../src/door/rooms";

const answering = (answer: () => Promise<Response>) => vi.stubGlobal("fetch", vi.fn(answer));

afterEach(() => vi.unstubAllGlobals());

describe("rooms to send somebody to", () => {
	it("are those that the server names", async () => {
		answering(() => Promise.resolve(Response.json({ rooms: ["study", "attic"] })));
		expect(await usableRooms()).toEqual(["study", "attic"]);
		expect(fetch).toHaveBeenCalledWith("/account/rooms/names", { redirect: "error" });
	});

	it("are none where the server does not answer, or not like that", async () => {
		answering(() => Promise.reject(new TypeError("no network")));
		expect(await usableRooms()).toEqual([]);
		answering(() => Promise.resolve(Response.json({ rooms: ["study"] }, { status: 503 })));
		expect(await usableRooms()).toEqual([]);
		answering(() => Promise.resolve(new Response("<!doctype html>")));
		expect(await usableRooms()).toEqual([]);
	});

	it("are names and nothing else", () => {
		expect(namesIn({ rooms: ["study", 7, null, ["x"]] })).toEqual(["study"]);
		for (const odd of [null, 1, "rooms", [], {}, { rooms: "study" }]) {
			expect(namesIn(odd)).toEqual([]);
		}
	});
});
