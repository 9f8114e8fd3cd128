import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoardDocument } from "../../src/board/document";
import { boxOf, START, toBoard, toScreen, touches, zoomedAt } from "../../src/board/geometry";
import { COLOURS, type Drawn, packed, SHAPES, STROKES, unpacked } from "../../src/board/model";
import { decodeUpdate, encodeUpdate, updatesIn } from "../../src/connection/boards";

const eighth = fc.integer({ min: -80_000, max: 80_000 }).map((value) => value / 8);
const common = {
	colour: fc.constantFrom(...COLOURS),
	size: fc.integer({ min: 1, max: 100 }),
	order: fc.integer({ min: 0, max: 1e9 }),
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
});
const objects: fc.Arbitrary<Drawn> = fc.oneof(strokes, shapes, texts);

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
				fc.constantFrom("k", "c", "s", "o", "p", "f", "t", "w"),
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
			from: { x: 0, y: 0 },
			to: { x: 100, y: 0 },
		};
		const moved = { id: "a", drawn, by: { x: 0, y: 50 } };
		expect(touches(moved, { x: 50, y: 52 }, 4)).toBe(true);
		expect(touches(moved, { x: 50, y: 2 }, 4)).toBe(false);
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
});
