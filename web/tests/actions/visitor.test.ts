import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dataPath, forgetVisitor, makeVisitorKey, visitorKey } from "../../src/actions/visitor";
import { FakeStorage } from "../fakes/storage";

beforeEach(() => void vi.stubGlobal("localStorage", new FakeStorage()));
afterEach(() => vi.unstubAllGlobals());

describe("the link to what this browser left", () => {
	it("is made once, with at least 256 bits, and kept", () => {
		expect(visitorKey()).toBeNull();
		const key = makeVisitorKey();
		expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
		expect(makeVisitorKey()).toBe(key);
		expect(visitorKey()).toBe(key);
		forgetVisitor();
		expect(visitorKey()).toBeNull();
		expect(makeVisitorKey()).not.toBe(key);
	});

	it("leads to the account where there is one, and nowhere before there is anything", () => {
		expect(dataPath(true)).toBe("/account/data");
		expect(dataPath(false)).toBeNull();
		const key = makeVisitorKey();
		expect(dataPath(false)).toBe(`/privacy/data/${key}`);
	});

	it("is none where nothing can be kept: what is left would be bound to what nobody has", () => {
		vi.stubGlobal("localStorage", {
			getItem: () => null,
			setItem() {
				throw new DOMException("full", "QuotaExceededError");
			},
		});
		expect(makeVisitorKey()).toBeNull();
	});

	it.each(["{}", "[]", "no JSON", '{"key":"short"}', `{"key":"${"/".repeat(43)}"}`, '{"key":7}'])(
		"takes nothing that somebody else wrote there: %s",
		(stored) => {
			localStorage.setItem("meetd.visitor", stored);
			expect(visitorKey()).toBeNull();
			expect(makeVisitorKey()).toMatch(/^[A-Za-z0-9_-]{43}$/);
		},
	);
});
