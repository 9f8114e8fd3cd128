import { expect, it } from "vitest";
import {
	addPending,
	changeMessage,
	chatAfterWelcome,
	chatAtFirst,
	clearUpTo,
	dropPending,
	leftOffAt,
	markPending,
	markRead,
	postMessage,
	prependEarlier,
} from "../../src/state/chat";
import { message } from "../fakes/meeting";

const run = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
const page = (from: number, to: number, earlier = from > 1) => ({
	messages: run(from, to),
	earlier,
});
const said = (clientId: string) =>
	({
		type: "MessageSaid",
		clientId,
		text: "text",
		replyTo: null,
		to: null,
		mentions: [],
		now: 9,
	}) as const;
const numbers = (chat: { messages: readonly { number: number }[] }) =>
	chat.messages.map(({ number }) => number);

it("counts what was said before one came as read", () => {
	expect(chatAtFirst(page(3, 5)).readUpTo).toBe(5);
});

it("prepends an earlier page, and the same page twice changes nothing", () => {
	const chat = { ...chatAtFirst(page(4, 6)), loadingEarlier: true };
	const once = prependEarlier(chat, page(1, 3));
	expect(numbers(once)).toEqual([1, 2, 3, 4, 5, 6]);
	expect(once).toMatchObject({ earlier: false, loadingEarlier: false });
	expect(prependEarlier(once, page(1, 3))).toEqual(once);
});

it("keeps loaded history that joins on to the snapshot", () => {
	const chat = prependEarlier(chatAtFirst(page(4, 6)), page(2, 3));
	const after = chatAfterWelcome(chat, page(5, 8));
	expect(numbers(after)).toEqual([2, 3, 4, 5, 6, 7, 8]);
	expect(after.earlier).toBe(true);
	expect(after.readUpTo).toBe(6);
});

it("drops history with a hole behind it, since messages have no gaps", () => {
	expect(numbers(chatAfterWelcome(chatAtFirst(page(1, 3)), page(9, 12)))).toEqual([9, 10, 11, 12]);
});

it("drops history of another conversation with the same numbers", () => {
	const other = run(3, 4).map((one) => ({ ...one, clientId: `other${one.number}` }));
	const after = chatAfterWelcome(chatAtFirst(page(1, 3)), { messages: other, earlier: false });
	expect(numbers(after)).toEqual([3, 4]);
	expect(
		numbers(chatAfterWelcome(chatAtFirst(page(1, 3)), { messages: [], earlier: false })),
	).toEqual([]);
});

it("shows a message once: pending until it is posted, also while away", () => {
	const chat = addPending(addPending(chatAtFirst(page(1, 1)), said("c2")), said("mine"));
	expect(addPending(chat, said("mine"))).toBe(chat);
	const posted = postMessage(chat, message(2), "p9");
	expect(posted.pending.map(({ clientId }) => clientId)).toEqual(["mine"]);
	const back = chatAfterWelcome(posted, {
		messages: [...run(1, 2), message(3, { clientId: "mine" })],
		earlier: false,
	});
	expect(back.pending).toEqual([]);
	expect(numbers(back)).toEqual([1, 2, 3]);
});

it("keeps a pending message that the snapshot does not have", () => {
	const chat = addPending(chatAtFirst(page(1, 1)), said("mine"));
	expect(chatAfterWelcome(chat, page(1, 1)).pending).toHaveLength(1);
});

it("keeps a refused message until it is sent again or thrown away", () => {
	const refusal = { code: "StorageFull", facts: {} } as const;
	const chat = markPending(addPending(chatAtFirst(page(1, 1)), said("a")), "a", refusal);
	expect(chat.pending[0]?.refusal).toEqual(refusal);
	expect(markPending(chat, "a", null).pending[0]?.refusal).toBeNull();
	expect(dropPending(chat, "a").pending).toEqual([]);
});

it("reads forward only, and not what there is not", () => {
	const chat = postMessage(chatAtFirst(page(1, 2)), message(3), "somebody else");
	expect(chat.readUpTo).toBe(2);
	expect(markRead(chat, 99).readUpTo).toBe(3);
	expect(markRead(chat, 1)).toBe(chat);
	expect(postMessage(chat, message(4), "p1").readUpTo).toBe(4);
});

it("leaves off where one was, which is not beyond the last", () => {
	const chat = chatAtFirst(page(3, 6));
	expect(leftOffAt(chat, 4).readUpTo).toBe(4);
	expect(leftOffAt(chat, 1).readUpTo).toBe(1);
	expect(leftOffAt(chat, 99).readUpTo).toBe(6);
	expect(leftOffAt(chat, -5).readUpTo).toBe(0);
});

it("shows a message as it is now, and none that is not loaded", () => {
	const chat = chatAtFirst(page(2, 3));
	const changed = changeMessage(chat, message(2, { text: "better", editedAt: 7 }));
	expect(changed.messages.map(({ text }) => text)).toEqual(["better", chat.messages[1]?.text]);
	expect(changeMessage(chat, message(1))).toBe(chat);
});

it("forgets what was cleared, also while one was away", () => {
	const chat = chatAtFirst(page(2, 3));
	expect(clearUpTo(chat, 3)).toMatchObject({ messages: [], earlier: false });
	expect(numbers(clearUpTo(chat, 2))).toEqual([3]);
	const after = chatAfterWelcome(chat, { messages: run(4, 4), earlier: false });
	expect(numbers(after)).toEqual([4]);
});
