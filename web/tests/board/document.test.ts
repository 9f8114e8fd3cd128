import { describe, expect, test } from "vitest";
import { BoardDocument } from "../../src/board/document";
import type { Draft } from "../../src/board/model";
import type { Piece } from "../../src/board/waiting";

const line: Draft = {
	kind: "line",
	colour: "ink",
	size: 4,
	from: { x: 0, y: 0 },
	to: { x: 5, y: 5 },
};

function drawing(): { readonly document: BoardDocument; readonly pieces: Piece[] } {
	const document = new BoardDocument();
	const pieces: Piece[] = [];
	document.onDrawn = (piece) => pieces.push(piece);
	return { document, pieces };
}

describe("what has to be sent of a board", () => {
	test("is what was drawn here, before and after something came from the server", () => {
		const { document: other, pieces: theirs } = drawing();
		other.add(line);
		const { document, pieces } = drawing();
		document.add(line);
		document.take(theirs.map(({ update }) => update));
		expect(document.objects).toHaveLength(2);
		expect(pieces).toHaveLength(1);
		document.add(line);
		expect(pieces).toHaveLength(2);
	});

	test("is still heard after the server sent what cannot be read", () => {
		const { document, pieces } = drawing();
		expect(() => document.take([new Uint8Array([255, 255, 255, 255])])).toThrow();
		document.add(line);
		expect(pieces).toHaveLength(1);
	});
});
