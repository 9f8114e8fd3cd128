import { beforeEach, describe, expect, it } from "vitest";
import type { Actions } from "../../src/actions/actions";
import {
	addressee,
	composeAnew,
	composing,
	counterpart,
	draftFor,
	forgetComposing,
	NO_DRAFT,
	reply,
	send,
	without,
	writeTo,
} from "../../src/views/chat/composing";
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

describe("whom one writes to", () => {
	const bob = { id: "p1", name: "Bob" };
	const publicOne = message(8, { author: "p2", name: "Carol" });
	const toYou = message(5, { author: "p1", name: "Bob", to: { id: "p0", name: "Ada" } });
	beforeEach(forgetComposing);

	it("is the other one of a private message, where one is one of the two", () => {
		expect(counterpart(toYou, "p0")).toEqual(bob);
		expect(counterpart(message(6, { author: "p0", to: bob }), "p0")).toEqual(bob);
		expect(counterpart(toYou, "p9")).toBeNull();
		expect(counterpart(message(7), "p0")).toBeNull();
	});

	it("stays somebody alone until one chooses everybody", async () => {
		reply(toYou, "p0");
		expect(addressee.value).toEqual(bob);
		const said: unknown[] = [];
		const actions: Pick<Actions, "say" | "changeMessage"> = {
			say: (...given) => void said.push(given),
			changeMessage: async () => true,
		};
		await send(actions, "so", { to: addressee.value });
		expect(said).toEqual([["so", { to: bob, replyTo: 5 }]]);
		expect([composing.value, addressee.value]).toEqual([null, bob]);
		writeTo(null);
		expect(addressee.value).toBeNull();
	});

	it("is everybody for an answer to something public, and the one alone again after it", async () => {
		const said: unknown[] = [];
		const actions: Pick<Actions, "say" | "changeMessage"> = {
			say: (...given) => void said.push(given),
			changeMessage: async () => true,
		};
		writeTo(bob);
		reply(publicOne, "p0");
		expect(addressee.value).toBeNull();
		await send(actions, "so", { to: addressee.value });
		expect(said).toEqual([["so", { to: null, replyTo: 8 }]]);
		expect(addressee.value).toEqual(bob);
		reply(publicOne, "p0");
		composing.value = { kind: "edit", message: own };
		composeAnew();
		expect([composing.value, addressee.value]).toEqual([null, bob]);
	});

	it("is what one chooses while one answers something public", () => {
		writeTo(bob);
		reply(publicOne, "p0");
		writeTo(null);
		expect(composing.value?.message.number).toBe(8);
		composeAnew();
		expect(addressee.value).toBeNull();
		reply(publicOne, "p0");
		writeTo(bob);
		composeAnew();
		expect(addressee.value).toEqual(bob);
	});

	it("takes what was begun for one alone out of an answer to all, and puts it back after it", () => {
		const begun = { ...NO_DRAFT, text: "between us" };
		const meant = () => composing.value ?? { kind: "reply" as const, message: own };
		writeTo(bob);
		reply(publicOne, "p0");
		const answering = draftFor(meant(), begun);
		expect(answering.text).toBe("");
		expect(draftFor(meant(), { ...answering, text: "to all" }).text).toBe("to all");
		expect(without(answering)).toEqual(begun);
		const changing = draftFor({ kind: "edit", message: own }, { ...answering, text: "to all" });
		expect(draftFor(meant(), changing)).toEqual(answering);
		reply(toYou, "p0");
		expect(draftFor(meant(), begun)).toEqual(begun);
	});

	it("gives up an answer to something private that is for somebody else now", () => {
		reply(toYou, "p0");
		writeTo(bob);
		expect(composing.value).not.toBeNull();
		writeTo(null);
		expect(composing.value).toBeNull();
	});
});
