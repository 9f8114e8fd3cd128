import { expect, it } from "vitest";
import {
	type Encryption,
	type InTheKeys,
	isEncrypted,
	NOTHING_ENCRYPTED,
	strangers,
	withCode,
	withPeople,
} from "../../src/state/encryption";
import { meeting, participant } from "../fakes/meeting";

const CODE = "12345 ".repeat(6).trim();

function holder(index: number, change: Partial<InTheKeys> = {}): InTheKeys {
	const id = `p${index}`;
	return {
		participant: id,
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
		people: [holder(0), holder(1)],
		opened: new Set(["p1"]),
		...change,
	};
}

const two = meeting({ participants: [participant(0), participant(1)] });
const name = (id: string) => `Name of ${id}`;

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

it("keeps what was compared until the code changes", () => {
	const compared = encryption({ compared: true });
	expect(withCode(compared, CODE).compared).toBe(true);
	expect(withCode(compared, "other")).toMatchObject({ code: "other", compared: false });
});

it("writes down who came into the keys and who left them, a page with other keys as both", () => {
	const first = withPeople(encryption({ people: [] }), [holder(0), holder(1)], [], name, 1);
	expect(first.changes).toEqual([{ at: 1, what: "came", name: "Name of p1" }]);
	const anew = [holder(0), holder(1, { signKey: "another" })];
	expect(withPeople(first, anew, [], name, 2).changes.slice(0, 2)).toEqual([
		{ at: 2, what: "left", name: "Name of p1" },
		{ at: 2, what: "came", name: "Name of p1" },
	]);
});

it("keeps the last 50 changes", () => {
	let now = encryption({ people: [] });
	for (let at = 0; at < 60; at += 1) {
		now = withPeople(now, at % 2 === 0 ? [holder(1)] : [], [], name, at);
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
	expect(strangers(encryption({ people, compared: true }))).toEqual([]);
});
