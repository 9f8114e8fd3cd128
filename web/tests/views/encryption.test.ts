import { expect, it, vi } from "vitest";
import { clockTime } from "../../src/i18n/times";
import {
	type Encryption,
	type InTheKeys,
	NOTHING_ENCRYPTED,
	withCode,
	withComparison,
} from "../../src/state/encryption";
import { saidOfCode, stateOf } from "../../src/views/encryption/EncryptionDialog";
import { statusOf, warnings, wordOf } from "../../src/views/encryption/Mark";
import { meeting, participant } from "../fakes/meeting";

vi.stubGlobal("navigator", { languages: ["en-GB"] });

function holder(name: string, you = false): InTheKeys {
	return {
		participant: `id of ${name}`,
		name,
		signKey: `key of ${name}`,
		you,
		hears: true,
		heard: true,
		device: null,
		recognised: "new",
	};
}

const me = holder("Me", true);
const ada = holder("Ada");
const bob = holder("Bob");
const carol = holder("Carol");

function coded(people: readonly InTheKeys[]): Encryption {
	return { ...withCode({ ...NOTHING_ENCRYPTED, people }, "one", people), settling: false };
}

it("says why the code is new to whoever is about to compare it", () => {
	const before = coded([me, ada]);
	expect(saidOfCode(before)).toBe("");
	const after = withCode(before, "two", [me, ada, carol]);
	expect(saidOfCode(after)).toBe("Carol came, so the code is new. Compare this one.");
});

it("keeps a line about a comparison that does not hold any more", () => {
	const at = 1_790_000_000_000;
	const compared = withComparison(coded([me, ada, bob]), "one", at);
	expect(saidOfCode(compared)).toBe(`You compared this with Ada and Bob at ${clockTime(at)}.`);
	const after = withCode(compared, "two", [me, ada, carol]);
	expect(saidOfCode(after)).toBe(
		`You compared the code before with Ada and Bob at ${clockTime(at)}. ` +
			"Bob left, Carol came, so the code is new. Compare this one.",
	);
});

const here = meeting({
	participants: [me, ada].map(({ participant: id, name }, index) =>
		participant(index, { id, name }),
	),
	you: me.participant,
});

it("says by name of whom nothing has arrived", () => {
	expect(stateOf(coded([me, ada]), here)).toBe(
		"Nothing has arrived from Ada yet that opens with the present keys.",
	);
	const waiting = coded([me, { ...ada, heard: false }]);
	expect(stateOf(waiting, here)).toContain("The keys are on their way.");
	const arrived = { ...coded([me, ada]), opened: new Set([ada.participant]) };
	expect(stateOf(arrived, here)).toContain("are encrypted");
});

it("warns also while something is on its way, by a word, until the code was compared", () => {
	const people = [me, { ...ada, recognised: "other" as const }];
	const warned = coded(people);
	expect(statusOf(warned, here)).toBe("stranger");
	expect(wordOf(warned, "stranger")).toBe("Check");
	expect(warnings(warned, here)).toEqual([expect.stringContaining("called Ada")]);
	const compared = withComparison({ ...warned, opened: new Set([ada.participant]) }, "one", 1);
	expect(warnings(compared, here)).toEqual([]);
	expect(wordOf(compared, statusOf(compared, here))).toBe("Compared");
});
