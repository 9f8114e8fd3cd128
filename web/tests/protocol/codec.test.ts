import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvent } from "../../src/protocol/codec";
import { EVENT_TYPES, type PathChanged } from "../../src/protocol/generated";
import { welcome } from "../fakes/socket";

const welcomeText = JSON.stringify(welcome());

it("counts what is not of the protocol instead of throwing", () => {
	const bad = [
		"",
		"{",
		"null",
		"[]",
		"7",
		'"Welcome"',
		"{}",
		'{"type":7}',
		"\u0000",
		"[".repeat(1e5),
	];
	for (const text of bad)
		expect(decodeEvent(text), text.slice(0, 20)).toEqual({ kind: "malformed" });
	expect(decodeEvent(new ArrayBuffer(4))).toEqual({ kind: "malformed" });
});

it("takes every reason for a path that a server gives", () => {
	const reasons: Record<NonNullable<PathChanged["why"]>, true> = {
		"": true,
		failed: true,
		degraded: true,
		crowd: true,
		setting: true,
		full: true,
	};
	for (const why of Object.keys(reasons)) {
		const changed = {
			type: "PathChanged",
			participant: "bo",
			path: "relayed",
			state: "failed",
			why,
		};
		expect(decodeEvent(JSON.stringify(changed)), why).toEqual({ kind: "event", event: changed });
	}
});

it("ignores types of a newer server", () => {
	expect(decodeEvent('{"type":"CakeServed","seq":3}')).toEqual({ kind: "unknown" });
	expect(decodeEvent('{"type":"toString"}')).toEqual({ kind: "unknown" });
	expect(decodeEvent('{"type":"__proto__"}')).toEqual({ kind: "unknown" });
});

it("drops a message with a wrong value in any field", () => {
	const good = welcome() as unknown as Record<string, unknown>;
	for (const key of Object.keys(good)) {
		const wrong = key === "type" ? null : { strange: true };
		expect(decodeEvent(JSON.stringify({ ...good, [key]: wrong })).kind, key).toBe("malformed");
		const { [key]: _, ...without } = good;
		expect(decodeEvent(JSON.stringify(without)).kind, `without ${key}`).toBe("malformed");
	}
});

it("takes over nothing but known fields, at any depth", () => {
	const poisoned = welcomeText
		.replace('"seq":1', '"seq":1,"__proto__":{"admin":true},"constructor":{"x":1}')
		.replace('"room":{', '"room":{"__proto__":{"admin":true},');
	expect(poisoned).not.toBe(welcomeText);
	const decoded = decodeEvent(poisoned);
	expect(decoded).toEqual({ kind: "event", event: welcome() });
	if (decoded.kind !== "event") return;
	expect((decoded.event as unknown as { admin?: boolean }).admin).toBeUndefined();
	expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

describe("a refusal", () => {
	const refused = (refusal: unknown) =>
		decodeEvent(JSON.stringify({ type: "Refused", ref: 1, refusal }));
	it("carries its facts and nothing else", () => {
		const refusal = { code: "RoomFull", facts: { limit: 5, more: "x" } };
		expect(refused(refusal)).toMatchObject({
			event: { refusal: { code: "RoomFull", facts: { limit: 5 } } },
		});
		expect(JSON.stringify(refused(refusal))).not.toContain("more");
	});
	it("of a code that this page does not know is a refusal all the same", () => {
		expect(refused({ code: "TooLoud", facts: {} })).toMatchObject({
			event: { refusal: { code: "ServerFault", facts: { incident: "TooLoud" } } },
		});
	});
	it("without the facts of its code is malformed", () => {
		expect(refused({ code: "RoomFull", facts: {} }).kind).toBe("malformed");
	});
});

it("never throws, whatever comes", () => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(welcomeText)), (text) => {
			expect(["event", "unknown", "malformed"]).toContain(decodeEvent(text).kind);
		}),
	);
});

it("never throws on a known type with any content", () => {
	fc.assert(
		fc.property(
			fc.constantFrom(...EVENT_TYPES),
			fc.dictionary(fc.constantFrom(...Object.keys(welcome()), "message", "page"), fc.jsonValue()),
			(type, fields) => {
				const text = JSON.stringify({ ...fields, type });
				expect(["event", "malformed"]).toContain(decodeEvent(text).kind);
			},
		),
		{ numRuns: 1_000 },
	);
});

it("never throws on a message with a piece cut out", () => {
	fc.assert(
		fc.property(fc.nat(welcomeText.length), fc.nat(30), (from, length) => {
			const cut = welcomeText.slice(0, from) + welcomeText.slice(from + length);
			expect(["event", "unknown", "malformed"]).toContain(decodeEvent(cut).kind);
		}),
	);
});
