import { beforeEach, describe, expect, it } from "vitest";
import type { Actions } from "../../src/actions/actions";
import { composing, draftFor, NO_DRAFT, send, without } from "../../src/views/chat/composing";
import { message } from "../fakes/meeting";

const own = message(3, { text: "as it was" });

describe("a draft", () => {
	const begun = { ...NO_DRAFT, text: "begun" };

	it("lies aside while a message is changed, and comes back", () => {
		const changing = draftFor({ kind: "edit", message: own }, begun);
		expect(changing.text).toBe("as it was");
		expect(without(changing)).toEqual(begun);
		const other = draftFor({ kind: "edit", message: message(4, { text: "four" }) }, changing);
		expect(without(other)).toEqual(begun);
		expect(draftFor({ kind: "reply", message: own }, other)).toEqual(begun);
	});

	it("stays where an answer is written, and where nothing was changed", () => {
		expect(draftFor({ kind: "reply", message: own }, begun)).toEqual(begun);
		expect(without(begun)).toEqual(begun);
	});
});

describe("saying a message differently", () => {
	let said: unknown[];
	const actions = (taken: boolean): Pick<Actions, "say" | "changeMessage"> => ({
		say: (...given) => void said.push(given),
		changeMessage: async (command) => said.push(command) > 0 && taken,
	});
	beforeEach(() => {
		said = [];
		composing.value = { kind: "edit", message: own };
	});

	it("goes on where it is refused", async () => {
		const { value } = composing;
		expect(await send(actions(false), "better", {})).toBe(false);
		expect(composing.value).toBe(value);
	});

	it("ends where it is taken", async () => {
		expect(await send(actions(true), "better", {})).toBe(true);
		expect(said).toEqual([{ type: "EditChat", number: 3, text: "better" }]);
		expect(composing.value).toBeNull();
	});

	it("is something else than an answer", async () => {
		composing.value = { kind: "reply", message: own };
		expect(await send(actions(false), "so", { to: null })).toBe(true);
		expect(said).toEqual([["so", { to: null, replyTo: 3 }]]);
		expect(composing.value).toBeNull();
	});
});
