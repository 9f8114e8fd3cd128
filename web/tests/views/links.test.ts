import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partsOf } from "../../src/views/chat/links";

function links(text: string): string[] {
	return partsOf(text).flatMap((part) => (part.kind === "link" ? [part.href] : []));
}

describe("links in what people write", () => {
	it("leaves the sentence around an address alone", () => {
		expect(links("See https://example.org/a(b)c. (Or http://example.org/x?)")).toEqual([
			"https://example.org/a(b)c",
			"http://example.org/x",
		]);
	});

	it("makes links of http and https only", () => {
		expect(links("javascript:alert(1) data:text/html,x ftp://example.org file:///x")).toEqual([]);
		expect(links("javascript:https://example.org")).toEqual(["https://example.org/"]);
	});

	it("makes no link that hides its host behind a user name", () => {
		expect(links("https://bank.example@evil.example/")).toEqual([]);
	});

	it("loses no character, whatever is written", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
				const all = `${text} https://example.org/${text}`;
				expect(
					partsOf(all)
						.map((part) => part.text)
						.join(""),
				).toBe(all);
			}),
		);
	});
});
