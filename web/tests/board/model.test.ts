import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoardDocument } from "../../src/board/document";
import { viewOf, windowOf } from "../../src/board/following";
import {
	boxOf,
	START,
	seen,
	stretched,
	toBoard,
	toScreen,
	touches,
	zoomedAt,
} from "../../src/board/geometry";
import { sizeOfJpeg } from "../../src/board/images";
import { COLOURS, type Drawn, packed, SHAPES, STROKES, unpacked } from "../../src/board/model";
import { Pencil } from "../../src/board/pencil";
import { decodeUpdate, encodeUpdate, updatesIn } from "../../src/connection/boards";

const eighth = fc.integer({ min: -80_000, max: 80_000 }).map((value) => value / 8);
const common = {
	colour: fc.constantFrom(...COLOURS),
	size: fc.integer({ min: 1, max: 100 }),
	order: fc.integer({ min: 0, max: 1e9 }),
	page: fc.constantFrom("", "second"),
};
const point = fc.record({ x: eighth, y: eighth });
const strokes = fc.record({
	...common,
	kind: fc.constantFrom(...STROKES),
	points: fc
		.array(fc.tuple(eighth, eighth, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 50 })
		.map((points) => new Float32Array(points.flat())),
});
const shapes = fc.record({ ...common, kind: fc.constantFrom(...SHAPES), from: point, to: point });
const texts = fc.record({
	...common,
	kind: fc.constantFrom("text" as const, "note" as const),
	at: point,
	text: fc.string({ maxLength: 50 }).map((text) => text.replaceAll(/\p{Cc}/gu, "")),
	side: fc.constantFrom(180, 90, 400),
});
const images = fc.record({
	...common,
	kind: fc.constant("image" as const),
	from: point,
	to: point,
	image: fc.constant("abc"),
	parts: fc.integer({ min: 1, max: 8 }),
	name: fc.constant("plan.png"),
});
const objects: fc.Arbitrary<Drawn> = fc.oneof(strokes, shapes, texts, images);

describe("objects of a board", () => {
	it("are read as they were written", () => {
		fc.assert(
			fc.property(objects, (drawn) => {
				expect(unpacked(packed(drawn))).toEqual(drawn);
			}),
		);
	});

	it("are whole or not there, whatever somebody sends", () => {
		fc.assert(
			fc.property(
				fc.anything(),
				objects,
				fc.constantFrom("k", "c", "s", "o", "p", "f", "t", "w", "g", "d", "i", "n"),
				(junk, drawn, key) => {
					expect(unpacked(junk)).toBeNull();
					const damaged = unpacked({ ...packed(drawn), [key]: junk });
					if (damaged) boxOf(damaged);
				},
			),
		);
	});

	it("say nothing that reads differently from what it is", () => {
		const text = unpacked({ k: "text", c: "ink", s: 20, o: 1, f: [0, 0], w: "a\u202eb\u0007c\nd" });
		expect(text).toMatchObject({ text: "abc\nd" });
	});

	it("are touched where they are, moved or not", () => {
		const drawn: Drawn = {
			kind: "line",
			colour: "ink",
			size: 2,
			order: 1,
			page: "",
			from: { x: 0, y: 0 },
			to: { x: 100, y: 0 },
		};
		const moved = { id: "a", drawn, by: { x: 0, y: 50 } };
		expect(touches(moved, { x: 50, y: 52 }, 4)).toBe(true);
		expect(touches(moved, { x: 50, y: 2 }, 4)).toBe(false);
	});
});

describe("what is stretched", () => {
	const from = { left: 0, top: 0, right: 100, bottom: 100 };
	const to = { left: 10, top: 20, right: 210, bottom: 320 };
	const by = { x: 5, y: 7 };

	it("lies in the new box where it lay in the old one, moved before or not", () => {
		fc.assert(
			fc.property(shapes, (drawn) => {
				const after = stretched({ id: "a", drawn, by }, from, to);
				if (!("from" in after)) throw new Error("another kind");
				expect(after.from.x + by.x).toBeCloseTo(10 + (drawn.from.x + by.x) * 2, 3);
				expect(after.to.y + by.y).toBeCloseTo(20 + (drawn.to.y + by.y) * 3, 3);
			}),
		);
	});

	it("can still be read", () => {
		fc.assert(
			fc.property(objects, (drawn) => {
				const one = { id: "a", drawn, by };
				const small = { ...to, right: 11, bottom: 21 };
				expect(unpacked(packed(stretched(one, from, small)))).not.toBeNull();
			}),
		);
	});
});

describe("images", () => {
	/** Only as far as it is looked at. */
	const jpeg = (width: number, height: number, before: readonly number[] = []) =>
		new Uint8Array([
			...[0xff, 0xd8, ...before, 0xff, 0xc0, 0, 11, 8],
			...[height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
		]);

	it("are measured before anything decodes them", () => {
		expect(sizeOfJpeg(jpeg(640, 480))).toEqual({ width: 640, height: 480 });
		const comment = [0xff, 0xfe, 0, 4, 1, 2];
		expect(sizeOfJpeg(jpeg(640, 480, comment))).toEqual({ width: 640, height: 480 });
		expect(sizeOfJpeg(new TextEncoder().encode("<svg xmlns=...>"))).toBeNull();
		expect(sizeOfJpeg(jpeg(640, 480, [0xff, 0xda, 0, 2]))).toBeNull();
	});

	it("measure nothing beyond their end, whatever somebody sends", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 40 }), (junk) => {
				sizeOfJpeg(junk);
				sizeOfJpeg(new Uint8Array([0xff, 0xd8, ...junk]));
			}),
		);
	});

	it("travel in parts that can be sent, and go with the object", () => {
		const ada = new BoardDocument();
		const bob = new BoardDocument();
		const bytes = new Uint8Array(100_000).map((_, n) => n % 251);
		const place = { from: { x: 0, y: 0 }, to: { x: 10, y: 10 } };
		const id = ada.addImage(bytes, place, "plan.png");
		const sizes: number[] = [];
		for (let piece = ada.takeWaiting(40_000); piece; piece = ada.takeWaiting(40_000)) {
			sizes.push(piece.update.length);
			bob.take([piece.update]);
		}
		expect(Math.max(...sizes)).toBeLessThan(40_000);
		const drawn = bob.find(id)?.drawn;
		expect(drawn?.kind === "image" && bob.bytesOf(drawn)).toEqual(bytes);
		ada.remove([id]);
		sync(ada, bob);
		expect(drawn?.kind === "image" && bob.bytesOf(drawn)).toBeNull();
		ada.undo();
		sync(ada, bob);
		expect(drawn?.kind === "image" && bob.bytesOf(drawn)).toEqual(bytes);
	});
});

describe("the window", () => {
	const area = { width: 800, height: 600 };
	it("keeps what is under the hand where it is", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 800 }),
				fc.integer({ min: 0, max: 600 }),
				fc.double({ min: 0.3, max: 3, noNaN: true }),
				(x, y, factor) => {
					const before = toBoard(START, area, { x, y });
					const after = toScreen(zoomedAt(START, area, { x, y }, factor), area, before);
					expect(after.x).toBeCloseTo(x, 6);
					expect(after.y).toBeCloseTo(y, 6);
				},
			),
		);
	});
});

describe("updates on their way", () => {
	it("arrive as they were sent", () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				expect(decodeUpdate(encodeUpdate(bytes))).toEqual(bytes);
			}),
		);
		expect(decodeUpdate("not base64!")).toBeNull();
	});

	it("are read to the last byte, or not at all", () => {
		const row = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 2, 1, 2]);
		expect(updatesIn(row.buffer)).toEqual([{ number: 7, update: new Uint8Array([1, 2]) }]);
		expect(updatesIn(row.slice(0, 13).buffer)).toBeNull();
		expect(updatesIn(row.slice(0, 5).buffer)).toBeNull();
	});
});

const dot = { kind: "pen", colour: "ink", size: 3, points: new Float32Array([1, 2, 0.5]) } as Drawn;

function sync(from: BoardDocument, ...to: readonly BoardDocument[]): void {
	for (let piece = from.takeWaiting(40_000); piece; piece = from.takeWaiting(40_000)) {
		for (const one of to) one.take([piece.update]);
	}
}

describe("a board", () => {
	it("is the same for everybody, however long they were apart", () => {
		const ada = new BoardDocument();
		const bob = new BoardDocument();
		const id = ada.add(dot);
		sync(ada, bob);
		ada.move([id], { x: 5, y: 0 });
		bob.add(dot);
		bob.remove([id]);
		sync(ada, bob);
		sync(bob, ada);
		expect(ada.objects.map((one) => one.id)).toEqual(bob.objects.map((one) => one.id));
		expect(ada.objects).toHaveLength(1);
	});

	it("takes back what one did oneself, and nothing of the others", () => {
		const ada = new BoardDocument();
		const bob = new BoardDocument();
		ada.add(dot);
		const second = ada.add(dot);
		sync(ada, bob);
		const theirs = bob.add(dot);
		sync(bob, ada);
		ada.undo();
		expect(ada.find(second)).toBeUndefined();
		expect(ada.find(theirs)).toBeDefined();
		ada.redo();
		expect(ada.find(second)).toBeDefined();
		expect(bob.canUndo).toBe(true);
	});

	it("shows nothing that is no object, and goes on", () => {
		const ada = new BoardDocument();
		ada.add({ ...dot, size: -1 });
		expect(ada.objects).toEqual([]);
		ada.add(dot);
		expect(ada.objects).toHaveLength(1);
	});

	it("has pages, each with what is on it and a paper of its own", () => {
		const ada = new BoardDocument();
		const bob = new BoardDocument();
		ada.add(dot);
		ada.addPage();
		ada.add(dot);
		ada.add(dot);
		ada.setBackground("grid");
		sync(ada, bob);
		expect([bob.objects.length, bob.background]).toEqual([1, "plain"]);
		const [, second] = bob.pages;
		bob.turnTo(second?.id ?? "");
		expect([bob.objects.length, bob.background]).toEqual([2, "grid"]);
		ada.removePage();
		sync(ada, bob);
		expect([bob.page, bob.objects.length, bob.pages.length]).toEqual(["", 1, 1]);
		ada.undo();
		sync(ada, bob);
		expect([bob.pages.length, bob.objectsOn(second?.id ?? "").length]).toEqual([2, 2]);
	});

	it("changes several objects in one step", () => {
		const ada = new BoardDocument();
		const ids = [ada.add(dot), ada.add(dot)];
		const pencil = new Pencil(ada, () => 1);
		pencil.selectAll();
		pencil.choose("red");
		expect(pencil.chosenColour).toBe("red");
		pencil.resize(2);
		ada.undo();
		ada.undo();
		expect(ids.map((id) => ada.find(id)?.drawn.colour)).toEqual(["ink", "ink"]);
	});

	it("goes back to how it was, and undo brings back what was there", () => {
		const ada = new BoardDocument();
		const kept = ada.add(dot);
		const piece = ada.takeWaiting(40_000);
		ada.change([{ id: kept, drawn: { ...dot, order: 1, colour: "red" } }]);
		const later = ada.add(dot);
		ada.addPage();
		ada.goBackTo(piece?.update ?? new Uint8Array());
		expect(ada.pages).toHaveLength(1);
		expect(ada.objects.map(({ id, drawn }) => [id, drawn.colour])).toEqual([[kept, "ink"]]);
		ada.undo();
		expect(ada.pages).toHaveLength(2);
		expect(ada.objectsOn("").map(({ id }) => id)).toEqual([kept, later]);
		expect(ada.find(kept)?.drawn.colour).toBe("red");
	});
});

describe("what somebody else sees", () => {
	const sizes = fc.record({
		width: fc.integer({ min: 200, max: 2_500 }),
		height: fc.integer({ min: 200, max: 1_500 }),
	});

	it("is seen here too, on whatever screen", () => {
		fc.assert(
			fc.property(sizes, sizes, eighth, eighth, (theirs, ours, x, y) => {
				const window = { x, y, zoom: 0.5 };
				const view = viewOf(window, theirs, 1);
				const box = seen(windowOf(view, ours), ours);
				const there = seen(window, theirs);
				expect(box.left).toBeLessThanOrEqual(there.left + 1);
				expect(box.right).toBeGreaterThanOrEqual(there.right - 1);
				expect(box.top).toBeLessThanOrEqual(there.top + 1);
				expect(box.bottom).toBeGreaterThanOrEqual(there.bottom - 1);
			}),
		);
	});
});
