import { expect, it } from "vitest";
import {
	type Encryption,
	type InTheKeys,
	isCompared,
	isEncrypted,
	isKeyed,
	lastChange,
	NOTHING_ENCRYPTED,
	silent,
	sinceCompared,
	strangers,
	withCode,
	withComparison,
	withPeople,
} from "../../src/state/encryption";
import { meeting, participant } from "../fakes/meeting";

const CODE = "12345 ".repeat(6).trim();

function holder(index: number, change: Partial<InTheKeys> = {}): InTheKeys {
	const id = `p${index}`;
	return {
		participant: id,
		name: `Name of ${id}`,
		signKey: `key ${id}`,
		you: index === 0,
		hears: true,
		heard: true,
		device: null,
		recognised: "new",
		...change,
	};
}

function encryption(change: Partial<Encryption> = {}): Encryption {
	return {
		...NOTHING_ENCRYPTED,
		code: CODE,
		codeOf: [holder(0), holder(1)],
		people: [holder(0), holder(1)],
		opened: new Set(["p1"]),
		...change,
	};
}

const two = meeting({ participants: [participant(0), participant(1)] });

it("is encrypted when everybody has every key and frames of everybody were opened", () => {
	expect(isEncrypted(encryption(), two)).toBe(true);
});

it.each([
	["there is no code", { code: null }],
	["the server said what is not true", { untrue: ["p1"] }],
	["somebody is not in the keys", { people: [holder(0)] }],
	["somebody has not our key", { people: [holder(0), holder(1, { hears: false })] }],
	["their key is not here", { people: [holder(0), holder(1, { heard: false })] }],
	["nothing of somebody who sends was opened", { opened: new Set<string>() }],
] as const)("is not called encrypted when %s", (_, change) => {
	expect(isEncrypted(encryption(change), two)).toBe(false);
});

it("waits for no frames of somebody who sends nothing, and for nobody who is away", () => {
	const silent = participant(1, { microphone: false, camera: false });
	const quiet = meeting({ participants: [participant(0), silent] });
	expect(isEncrypted(encryption({ opened: new Set() }), quiet)).toBe(true);
	const gone = meeting({ participants: [participant(0), participant(1, { away: true })] });
	expect(isEncrypted(encryption({ people: [holder(0)] }), gone)).toBe(true);
});

it("tells keys that are on their way from somebody of whom nothing has arrived", () => {
	const nothing = encryption({ opened: new Set() });
	expect(isKeyed(nothing, two)).toBe(true);
	expect(silent(nothing, two).map(({ id }) => id)).toEqual(["p1"]);
	const waiting = { ...nothing, people: [holder(0), holder(1, { heard: false })] };
	expect(isKeyed(waiting, two)).toBe(false);
	expect(silent(waiting, two)).toEqual([]);
});

it("does not wait for ever for somebody of whom no keys came, and who is sent nothing", () => {
	const three = meeting({ participants: [0, 1, 2].map((index) => participant(index)) });
	expect(isEncrypted(encryption(), three)).toBe(false);
	expect(isEncrypted(encryption({ keyless: new Set(["p2"]) }), three)).toBe(true);
	expect(isEncrypted(encryption({ keyless: new Set(["p1"]), opened: new Set() }), two)).toBe(false);
});

it("keeps what was compared until the code changes, and knows it again when it comes back", () => {
	const two = [holder(0), holder(1)];
	const compared = withComparison(encryption(), CODE, 5);
	expect(isCompared(withCode(compared, CODE, two))).toBe(true);
	const three = withCode(compared, "other", [...two, holder(2)]);
	expect(isCompared(three)).toBe(false);
	expect(sinceCompared(three)).toEqual({ came: ["Name of p2"], left: [] });
	expect(isCompared(withCode(three, CODE, two))).toBe(true);
});

it("compares no other code than the one that was shown, and none that has just changed", () => {
	const changed = withCode(encryption(), "other", [holder(0), holder(1), holder(2)]);
	expect(lastChange(changed)).toEqual({ came: ["Name of p2"], left: [] });
	expect(withComparison(changed, CODE, 5)).toBe(changed);
	expect(withComparison(changed, "other", 5)).toBe(changed);
	const settled = { ...changed, settling: false };
	expect(withComparison(settled, CODE, 5)).toBe(settled);
	expect(isCompared(withComparison(settled, "other", 5))).toBe(true);
});

it("lets a code settle that comes after there was none for a moment", () => {
	const none = withCode(encryption(), null, [holder(1)]);
	const next = withCode(none, "other", [holder(0), holder(1), holder(2)]);
	expect(withComparison(next, "other", 5)).toBe(next);
});

it("compares nothing while nobody else is there", () => {
	const alone = encryption({ people: [holder(0)], codeOf: [holder(0)] });
	expect(withComparison(alone, CODE, 5)).toBe(alone);
});

it("compares with those whose code it is, not with who came while the next is being made", () => {
	const ahead = withPeople(encryption(), [holder(0), holder(1), holder(2)], [], 1);
	const people = withComparison(ahead, CODE, 5).comparison?.people;
	expect(people?.map(({ participant }) => participant)).toEqual(["p0", "p1"]);
});

it("writes down who came into the keys and who left them, a page with other keys as both", () => {
	const first = withPeople(encryption({ people: [] }), [holder(0), holder(1)], [], 1);
	expect(first.changes).toEqual([{ at: 1, what: "came", name: "Name of p1" }]);
	const anew = [holder(0), holder(1, { signKey: "another" })];
	expect(withPeople(first, anew, [], 2).changes.slice(0, 2)).toEqual([
		{ at: 2, what: "left", name: "Name of p1" },
		{ at: 2, what: "came", name: "Name of p1" },
	]);
});

it("keeps the last 50 changes", () => {
	let now = encryption({ people: [] });
	for (let at = 0; at < 60; at += 1) {
		now = withPeople(now, at % 2 === 0 ? [holder(1)] : [], [], at);
	}
	expect(now.changes).toHaveLength(50);
	expect(now.changes[0]?.at).toBe(59);
});

it("warns of somebody with another device until the code was compared", () => {
	const people = [
		holder(0, { recognised: "other" }),
		holder(1, { recognised: "other" }),
		holder(2),
	];
	const seen = strangers(encryption({ people }));
	expect(seen.map(({ participant }) => participant)).toEqual(["p1"]);
	const comparison = { at: 1, code: CODE, people };
	expect(strangers(encryption({ people, comparison }))).toEqual([]);
});
