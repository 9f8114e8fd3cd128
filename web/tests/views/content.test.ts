import { describe, expect, it } from "vitest";
import { sizesOf } from "../../src/i18n/sizes";
import { bytesIn, mayRemove } from "../../src/state/content";
import type { Upload } from "../../src/state/uploads";
import { newItems, toTell } from "../../src/views/content/contentNews";
import { endingAt } from "../../src/views/content/FileName";
import { iconOf } from "../../src/views/content/kinds";
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
