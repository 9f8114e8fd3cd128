import { describe, expect, it } from "vitest";
import { itemsOf } from "../../src/views/chat/items";
import { unreadCount } from "../../src/views/chat/unread";
import { meeting, message } from "../fakes/meeting";

const noon = new Date(2026, 4, 3, 12).getTime();
const minute = 60_000;

describe("messages as they are read", () => {
	it("puts what one person says in a row together", () => {
		const items = itemsOf(
			[
				message(1, { at: noon }),
				message(2, { at: noon + minute }),
				message(3, { at: noon + 2 * minute, author: "p2", name: "Ada" }),
				message(4, { at: noon + 20 * minute, author: "p2", name: "Ada" }),
			],
			null,
		);
		expect(items.map((item) => (item.kind === "group" ? item.messages.length : item.kind))).toEqual(
			["day", 2, 1, 1],
		);
	});

	it("draws a line for each day, in the person's own time zone", () => {
		const items = itemsOf(
			[message(1, { at: noon }), message(2, { at: noon + 24 * 60 * minute })],
			null,
		);
		expect(items.filter((item) => item.kind === "day")).toHaveLength(2);
	});

	it("draws the unread line once, before the first unread message", () => {
		const items = itemsOf(
			[1, 2, 3].map((number) => message(number, { at: noon })),
			1,
		);
		expect(items.map((item) => item.kind)).toEqual(["day", "group", "unread", "group"]);
	});

	it("shows a name that changed in between", () => {
		const items = itemsOf(
			[message(1, { at: noon }), message(2, { at: noon, name: "Grace" })],
			null,
		);
		expect(items.filter((item) => item.kind === "group")).toHaveLength(2);
	});

	it("keeps what was said to one apart from what was said to all", () => {
		const to = { id: "p2", name: "Carol" };
		const items = itemsOf(
			[null, to, to, { id: "p3", name: "Carol" }].map((whom, index) =>
				message(index + 1, { at: noon, to: whom }),
			),
			null,
		);
		const groups = items.flatMap((item) => (item.kind === "group" ? [item] : []));
		expect(groups.map((group) => [group.to?.id, group.messages.length])).toEqual([
			[undefined, 1],
			["p2", 2],
			["p3", 1],
		]);
	});

	it("does not count one's own messages as unread", () => {
		const messages = [message(1), message(2, { author: "p0" }), message(3)];
		const chat = { messages, earlier: false, loadingEarlier: false, pending: [], readUpTo: 1 };
		expect(unreadCount(meeting({ chat }))).toBe(1);
	});
});
