import { expect, it, vi } from "vitest";
import { clockTime } from "../../src/i18n/times";
import {
	type Encryption,
	type InTheKeys,
	NOTHING_ENCRYPTED,
	withCode,
	withComparison,
} from "../../src/state/encryption";
import { saidOfCode } from "../../src/views/encryption/EncryptionDialog";

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

const [me, ada, bob, carol] = [holder("Me", true), holder("Ada"), holder("Bob"), holder("Carol")];

function coded(people: readonly InTheKeys[]): Encryption {
	return withCode({ ...NOTHING_ENCRYPTED, people }, "one", people);
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
