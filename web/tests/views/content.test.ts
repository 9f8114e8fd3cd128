import { describe, expect, it } from "vitest";
import { sizesOf } from "../../src/i18n/sizes";
import { bytesIn, mayRemove } from "../../src/state/content";
import type { Upload } from "../../src/state/uploads";
import { newItems, toTell } from "../../src/views/content/contentNews";
import { endingAt } from "../../src/views/content/FileName";
import { iconOf, sheetOf } from "../../src/views/content/kinds";
import { FIT, fitted, isElsewhere, middleOf, placeOf, zoomed } from "../../src/views/content/look";
import { bringsFiles, pastedFiles } from "../../src/views/content/offered";
import { item, meeting, participant, room } from "../fakes/meeting";

describe("who may take a file away", () => {
	const theirs = item(1, { author: "p9" });
	const own = item(2, { author: "p0" });
	const as = (role: "guest" | "host", rules = {}) =>
		meeting({ participants: [participant(0, { role })], room: room(rules) });

	it("is a host, and whoever shared it while they may share", () => {
		expect([mayRemove(as("host"), theirs), mayRemove(as("guest"), theirs)]).toEqual([true, false]);
		expect(mayRemove(as("guest"), own)).toBe(true);
		expect(mayRemove(as("guest", { presenterMode: true }), own)).toBe(false);
	});
});

it("keeps the ending of a name in sight, with a few letters before it", () => {
	const endings = ["quarterly report.pdf", "invoice.pdf.exe", "README", ".bashrc", "a.tar.gz"];
	expect(endings.map((name) => name.slice(endingAt(name)))).toEqual([
		"ort.pdf",
		"pdf.exe",
		"",
		"",
		"tar.gz",
	]);
	expect("two 🌻ab.txt".slice(endingAt("two 🌻ab.txt"))).toBe("ab.txt");
	expect(endingAt("what.this is not an ending")).toBe(26);
});

it("adds up what is in the room", () => {
	expect(bytesIn([item(1, { length: 5 }), item(2, { length: 7 })])).toBe(12);
});

it("knows what is new", () => {
	expect(newItems([item(1)], [item(1), item(2)]).map(({ id }) => id)).toEqual(["i2"]);
});

describe("how far uploads are", () => {
	const upload = (sent: number, change: Partial<Upload> = {}): Upload => ({
		id: "u",
		name: "film",
		length: 100,
		sent,
		state: "sending",
		trouble: null,
		...change,
	});

	it("is said when they begin and at quarters, with quiet between", () => {
		let told: Parameters<typeof toTell>[0] = new Map();
		const said = (sent: number, now: number) => {
			const found = toTell(told, [upload(sent)], now);
			told = found.told;
			return found.say.length;
		};
		expect(said(0, 0)).toBe(1);
		expect(said(30, 5_000)).toBe(0);
		expect(said(31, 15_000)).toBe(1);
		expect(said(49, 40_000)).toBe(0);
		expect(said(50, 41_000)).toBe(1);
		expect(said(100, 90_000)).toBe(0);
	});

	it("is not said of what does not move, nor of what is gone", () => {
		expect(toTell(new Map(), [upload(0, { state: "queued" })], 0).say).toEqual([]);
		const { told } = toTell(new Map(), [upload(0)], 0);
		expect(toTell(told, [], 0).told.size).toBe(0);
	});
});

describe("what is dropped or pasted", () => {
	const picture = new File(["x"], "image.png");

	it("counts when there are files", () => {
		expect(bringsFiles({ types: ["text/plain", "Files"] })).toBe(true);
		expect(bringsFiles({ types: ["text/plain"] })).toBe(false);
	});

	it("is text first for somebody who is writing", () => {
		const both = { types: ["text/plain", "text/html", "Files"], files: [picture] };
		expect(pastedFiles(both, true)).toEqual([]);
		expect(pastedFiles(both, false)).toEqual([picture]);
		expect(pastedFiles({ types: ["Files"], files: [picture] }, true)).toEqual([picture]);
	});
});

it("gives each kind of file its picture", () => {
	const kinds = ["image/png", "video/mp4", "audio/ogg", "text/plain", "application/pdf", "", "x"];
	expect(kinds.map(iconOf)).toEqual([
		"fileImage",
		"fileVideo",
		"fileSound",
		"fileText",
		"fileText",
		"file",
		"file",
	]);
});

it("shows what a page can show, and no drawing with script", () => {
	const kinds = ["image/png", "image/svg+xml", "text/html", "application/json", "video/mp4"];
	expect(kinds.map(sheetOf)).toEqual(["picture", "none", "text", "text", "film"]);
	expect(["audio/ogg", "audio/x", "application/pdf", ""].map(sheetOf)).toEqual([
		"sound",
		"none",
		"pdf",
		"none",
	]);
});

describe("where somebody looks", () => {
	const area = (change = {}) => ({
		scrollLeft: 0,
		scrollTop: 0,
		scrollWidth: 1_000,
		scrollHeight: 2_000,
		clientWidth: 400,
		clientHeight: 500,
		...change,
	});

	it("is the same place in windows of other sizes", () => {
		const here = middleOf(area({ scrollLeft: 300, scrollTop: 1_250 }));
		expect(here).toEqual({ x: 0.5, y: 0.75 });
		const small = area({
			scrollWidth: 500,
			scrollHeight: 1_000,
			clientWidth: 300,
			clientHeight: 200,
		});
		expect(placeOf({ ...FIT, ...here }, small)).toEqual({ left: 100, top: 650 });
	});

	it("stays within what there is", () => {
		expect(placeOf({ ...FIT, x: 0, y: 1 }, area())).toEqual({ left: 0, top: 1_500 });
		const empty = area({ scrollWidth: 0, scrollHeight: 0, clientWidth: 0, clientHeight: 0 });
		expect(placeOf(FIT, empty)).toEqual({ left: 0, top: 0 });
		expect(middleOf(empty)).toEqual({ x: 0.5, y: 0.5 });
	});

	it("fits into the window, and is not made larger than it is", () => {
		const window = { width: 400, height: 300 };
		expect(fitted({ width: 1_600, height: 600 }, window)).toEqual({ width: 400, height: 150 });
		expect(fitted({ width: 20, height: 10 }, window)).toEqual({ width: 20, height: 10 });
		expect(fitted({ width: 0, height: 0 }, window)).toEqual({ width: 0, height: 0 });
	});

	it("is a moment of a film as well, give or take what nobody notices", () => {
		const playing = { ...FIT, at: 60, playing: true };
		expect([isElsewhere(playing, 5, 65), isElsewhere(playing, 5, 68)]).toEqual([false, true]);
		expect(isElsewhere({ ...FIT, at: 60 }, 5, 65)).toBe(true);
	});

	it("comes nearer and goes away in steps, within bounds that the server takes", () => {
		let view = FIT;
		for (let step = 0; step < 50; step += 1) view = zoomed(view, 1);
		expect(view.zoom).toBe(8);
		for (let step = 0; step < 50; step += 1) view = zoomed(view, -1);
		expect(view.zoom).toBe(0.5);
	});
});

describe("sizes", () => {
	it("are read as people write them", () => {
		const size = sizesOf("en");
		expect([0, 1, 999, 1_000, 2_140_000, 999_950, 10e9].map(size)).toEqual([
			"0 bytes",
			"1 byte",
			"999 bytes",
			"1 kB",
			"2.1 MB",
			"1 MB",
			"10 GB",
		]);
		expect(sizesOf("nl")(2_140_000)).toBe("2,1 MB");
	});
});
