import { expect, it } from "vitest";
import { BoardDocument } from "../../src/board/document";
import { Pencil } from "../../src/board/pencil";

function textsOn(document: BoardDocument): readonly unknown[] {
	return document.objects.map(({ drawn }) => "text" in drawn && drawn.text);
}

it("puts on the board what was typed when nobody can write on", () => {
	const document = new BoardDocument();
	const pencil = new Pencil(document, () => 1);
	pencil.write("text", { x: 0, y: 0 });
	pencil.types("half a wo");
	pencil.endWriting();
	expect(textsOn(document)).toEqual(["half a wo"]);
	pencil.edit(document.objects[0]?.id ?? "");
	pencil.endWriting();
	pencil.endWriting();
	expect(textsOn(document)).toEqual(["half a wo"]);
});
