import { beforeEach, expect, it } from "vitest";
import { type ChatDesk, makeChatDesk } from "../../src/actions/chat";
import { makeStore, type Store } from "../../src/actions/store";
import type { Answer } from "../../src/connection/line";
import type { Command, SendChat } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";
import { message } from "../fakes/meeting";
import { welcome } from "../fakes/socket";

let clock: FakeClock;
let store: Store;
let desk: ChatDesk;
let asked: { command: Command; answer: (answer: Answer | null) => void }[];

beforeEach(() => {
	clock = new FakeClock();
	store = makeStore();
	asked = [];
	desk = makeChatDesk(
		store,
		clock,
		(command) => new Promise((answer) => asked.push({ command, answer })),
	);
	store.happen({ type: "JoinStarted" });
	const chat = { messages: [message(7)], earlier: true };
	const event = welcome({ snapshot: { ...welcome().snapshot, chat } });
	store.happen({ type: "EventHeard", event, now: 0, alive: [] });
});

const pending = () => store.meeting()?.chat.pending ?? [];
const sent = () => asked.map(({ command }) => (command as SendChat).text);

async function answer(value: Answer | null): Promise<void> {
	asked.at(-1)?.answer(value);
	await settle();
}

it("sends one after the other, in order", async () => {
	for (const text of ["one", "two", "three"]) desk.say(text);
	expect(sent()).toEqual(["one"]);
	await answer({ type: "Done", ref: 1 });
	await answer({ type: "Done", ref: 2 });
	expect(sent()).toEqual(["one", "two", "three"]);
	await answer({ type: "Done", ref: 3 });
	expect(pending()).toEqual([]);
});

it("says nothing without text", () => {
	desk.say("  \n ");
	expect(asked).toEqual([]);
	expect(pending()).toEqual([]);
});

it("sends again with the same id after coming back", async () => {
	desk.say("one");
	desk.say("two");
	await answer(null);
	expect(pending().map(({ text }) => text)).toEqual(["one", "two"]);
	expect(asked).toHaveLength(1);
	desk.resume();
	const ids = asked.map(({ command }) => (command as SendChat).clientId);
	expect(ids[1]).toBe(ids[0]);
	expect(ids[0]).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
});

it("waits as long as the server asks for", async () => {
	desk.say("one");
	await answer({
		type: "Refused",
		ref: 1,
		refusal: { code: "TooFast", facts: { seconds: 2 } },
	});
	await clock.advance(1_999);
	expect(asked).toHaveLength(1);
	await clock.advance(1);
	expect(sent()).toEqual(["one", "one"]);
	expect(pending()[0]?.refusal).toBeNull();
});

it("keeps a refused message and goes on with the next", async () => {
	desk.say("one");
	desk.say("two");
	const refusal = { code: "StorageFull", facts: {} } as const;
	await answer({ type: "Refused", ref: 1, refusal });
	expect(sent()).toEqual(["one", "two"]);
	await answer({ type: "Done", ref: 2 });
	expect(pending()).toMatchObject([{ text: "one", refusal }]);
	desk.sayAgain(pending()[0]?.clientId ?? "");
	expect(sent()).toEqual(["one", "two", "one"]);
	await answer({ type: "Refused", ref: 3, refusal });
	desk.throwAway(pending()[0]?.clientId ?? "");
	expect(pending()).toEqual([]);
});

it("asks for one earlier page at a time, and again when it was not given", async () => {
	desk.loadEarlier();
	desk.loadEarlier();
	expect(asked.map(({ command }) => command)).toEqual([{ type: "LoadChat", before: 7 }]);
	await answer(null);
	expect(store.meeting()?.chat.loadingEarlier).toBe(false);
	desk.loadEarlier();
	expect(asked).toHaveLength(2);
});
