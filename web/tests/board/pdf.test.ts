import { describe, expect, it } from "vitest";
import { pdfOf } from "../../src/board/pdf";

describe("a PDF", () => {
	it("says of each object where it begins", async () => {
		const sheet = { width: 40, height: 30, pixels: new Blob([new Uint8Array([1, 2, 3])]) };
		const text = new TextDecoder("latin1").decode(await pdfOf([sheet, sheet]).arrayBuffer());
		const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
		const [, size, ...rows] = text.slice(start).split("\n");
		expect(size).toBe("0 9");
		for (let n = 1; n < 9; n += 1) {
			const place = Number(rows[n]?.slice(0, 10));
			expect(text.slice(place)).toMatch(new RegExp(`^${n} 0 obj\n`));
		}
		expect(text).toContain("/Count 2");
	});
});
