/** Sender keys under a server that lies. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { toBase64 } from "../../src/e2ee/bytes";
import type { KeyEvent } from "../../src/e2ee/group_keys";
import { makeIdentity } from "../../src/e2ee/identity";
import type { Entry } from "../../src/e2ee/roster";
import { FakeClock } from "../fakes/clock";
import {
	added,
	type Delivery,
	entryOf,
	isSame,
	isWrapped,
	KeyServer,
	wrapped,
} from "../fakes/key_server";

let clock: FakeClock;
let server: KeyServer;

beforeEach(() => {
	clock = new FakeClock();
	server = new KeyServer(clock);
});

afterEach(() => {
	expect(server.failures()).toEqual([]);
});

it("shows a ghost to everybody who is told of it, and they have another code", async () => {
	const ghost = await makeIdentity();
	const [ada, bo] = await server.meet("ada", "bo");
	const honest = await server.codes();
	const entry = await entryOf(ghost, "ghost", 9);
	server.view = (viewer, entries) => (viewer === "ada" ? [...entries, entry] : entries);
	await server.elapse(3_000);
	expect(ada?.keys.holders().map(({ participant }) => participant)).toEqual(["ada", "bo", "ghost"]);
	expect(bo?.keys.holders().map(({ participant }) => participant)).toEqual(["ada", "bo"]);
	expect(new Set([await bo?.keys.safetyCode()])).toEqual(honest);
	expect(await ada?.keys.safetyCode()).not.toBe(await bo?.keys.safetyCode());
	// What is meant for other people than one knows of is not taken, and one sees from whom.
	expect(bo?.keys.holders().find(({ participant }) => participant === "ada")?.heard).toBe(false);
});

it("refuses keys that change, stays with those it knew, and disturbs nobody", async () => {
	const [ada, bo] = await server.meet("ada", "bo");
	const honest = await server.codes();
	const other = await makeIdentity();
	const swapped = await entryOf(other, "bo", 1);
	server.view = (viewer, entries) =>
		viewer === "ada" ? entries.map((one) => (one.participant === "bo" ? swapped : one)) : entries;
	await server.elapse(3_000);
	expect(ada?.keys.refused()).toEqual([{ participant: "bo", why: "changed" }]);
	expect(await server.codes()).toEqual(honest);
	expect(server.deaf()).toEqual([]);
	expect(bo?.keys.refused()).toEqual([]);
});

it("is not taken in by keys that were swapped from the beginning: nothing opens, the codes differ", async () => {
	const middle = await makeIdentity();
	const asBo = await entryOf(middle, "bo", 1);
	const asAda = await entryOf(middle, "ada", 0);
	server.view = (viewer, entries) =>
		entries.map((one) => {
			if (one.participant === viewer) return one;
			return one.participant === "bo" ? asBo : asAda;
		});
	const [ada, bo] = await server.meet("ada", "bo");
	expect(server.deaf()).toEqual(["ada cannot open bo", "bo cannot open ada"]);
	expect(await ada?.keys.safetyCode()).not.toBe(await bo?.keys.safetyCode());
});

it("shows a fork by the codes, and opens nothing across it", async () => {
	await server.meet("ada", "bo", "cy");
	server.view = (viewer, entries) =>
		viewer === "cy"
			? entries.filter(({ participant }) => participant !== "bo")
			: entries.filter(({ participant }) => participant !== "cy");
	await server.elapse(4_000);
	expect((await server.codes()).size).toBe(2);
	expect(server.deaf()).toContain("ada cannot open cy");
});

it.each(["malformed", "unsigned", "leaf taken", "not ours"] as const)(
	"leaves an entry out that is %s",
	async (why) => {
		const [ada] = await server.meet("ada", "bo");
		const honest = await server.codes();
		const eve = await makeIdentity();
		const entries: Readonly<Record<typeof why, readonly Entry[]>> = {
			malformed: [
				{ ...(await entryOf(eve, "eve", 256)) },
				{ ...(await entryOf(eve, "eve", 1.5)) },
				{ ...(await entryOf(eve, "eve", 9)), dhKey: "AAAA" },
				{ ...(await entryOf(eve, "eve", 9)), signature: "" },
				// A point of small order: the same secret for everybody.
				await entryOf({ ...eve, dhKey: new Uint8Array(32) }, "eve", 9),
				await entryOf(eve, "e\u202eve", 9),
			],
			unsigned: [
				await entryOf(eve, "eve", 9, "meeting-2"),
				{ ...(await entryOf(eve, "mallory", 9)), participant: "eve" },
				{ ...(await entryOf(eve, "eve", 9)), dhKey: toBase64(eve.signKey) },
			],
			"leaf taken": [await entryOf(eve, "eve", 0), await entryOf(eve, "eve", 1)],
			"not ours": [],
		};
		for (const entry of entries[why]) {
			server.view = (_, others) => [...others, entry];
			await server.elapse(1_000);
			expect(ada?.keys.refused()).toEqual([{ participant: entry.participant, why }]);
			expect(await server.codes()).toEqual(honest);
			expect(server.deaf()).toEqual([]);
		}
		if (why === "not ours") {
			const asAda = await entryOf(eve, "ada", 9);
			server.view = (_, others) => [...others.filter((one) => one.participant !== "ada"), asAda];
			await server.elapse(1_000);
			expect(ada?.keys.refused()).toEqual([{ participant: "ada", why }]);
			expect(await ada?.keys.safetyCode()).toBeNull();
		}
	},
);

it("takes no wrapped key of which a character was changed or cut off", async () => {
	const caught: Delivery[] = [];
	server.deliver = (one) => {
		if (!isWrapped(one) || one.from !== "ada" || one.to !== "bo") return [one];
		caught.push(one);
		return [];
	};
	const [, bo] = await server.meet("ada", "bo");
	const one = caught.at(-1);
	if (!one || !bo) throw new Error("nothing was sent");
	const event = wrapped(one);
	const before = added(bo);
	const spoilt: KeyEvent[] = [
		{ ...event, epoch: event.epoch + 1 },
		{ ...event, epoch: -1 },
		{ ...event, epoch: 0.5 },
		{ ...event, rosterHash: event.rosterHash.replace(/^./, (char) => (char === "A" ? "B" : "A")) },
		{ ...event, sender: "bo" },
		{ ...event, sender: "eve" },
		{ ...event, wrapped: `${event.wrapped}A` },
		{ ...event, wrapped: "" },
		{ ...event, signature: event.signature.slice(0, -2) },
	];
	for (const name of ["wrapped", "signature"] as const) {
		for (let at = 0; at < event[name].length; at += 1) {
			const char = event[name][at] === "A" ? "B" : "A";
			spoilt.push({
				...event,
				[name]: event[name].slice(0, at) + char + event[name].slice(at + 1),
			});
		}
	}
	for (const bad of spoilt) await bo.keys.hear(bad);
	expect(added(bo)).toBe(before);
	await bo.keys.hear(event);
	expect(added(bo)).toBe(before + 1);
});

it("takes no key for another person, in the name of another person, or of another time", async () => {
	const [, bo, cy] = await server.meet("ada", "bo", "cy");
	if (!bo || !cy) throw new Error("nobody came");
	const before = [added(bo), added(cy)];
	const [using] = [server.pages.get("ada")?.using];
	for (const one of server.seen.filter(isWrapped)) {
		await bo.keys.hear({ ...wrapped(one), sender: one.from === "ada" ? "cy" : "ada" });
		if (one.to !== "bo") await bo.keys.hear(wrapped(one));
		// Everything that was ever sent to cy, again; what is current is only acknowledged again.
		if (one.to === "cy") await cy.keys.hear(wrapped(one));
	}
	expect(added(bo)).toBe(before[0]);
	const fresh = cy.everKnown.slice(before[1]);
	expect(
		fresh.every((key) => cy.everKnown.slice(0, before[1]).some((old) => isSame(old, key))),
	).toBe(true);
	expect(server.pages.get("ada")?.using).toBe(using);
	expect(server.deaf()).toEqual([]);
});

it("takes no key a second time from a server that says that its sender went and came", async () => {
	const [ada] = await server.meet("ada", "bo");
	const replayed = server.seen.filter((one) => isWrapped(one) && one.from === "bo");
	server.view = (viewer, entries) =>
		entries.filter(({ participant }) => viewer !== "ada" || participant !== "bo");
	await server.settle();
	expect(ada?.opens.has("bo")).toBe(false);
	server.view = (_, entries) => entries;
	await server.settle();
	for (const { event } of replayed) await ada?.keys.hear(event);
	expect(ada?.opens.has("bo")).toBe(false);
	// Bo has another one as soon as somebody comes or goes.
	await server.meet("cy");
	expect(server.deaf()).toEqual([]);
});

it.each([
	["another seat", "bo-again", 1],
	["another leaf", "bo", 9],
] as const)(
	"takes no old key of somebody who comes with the same keys on %s",
	async (_, id, leaf) => {
		const [ada, bo] = await server.meet("ada", "bo");
		if (!ada || !bo) throw new Error("nobody came");
		const old = server.seen.filter((one) => isWrapped(one) && one.from === "bo").map(wrapped);
		server.leave("bo");
		await server.settle();
		server.entries = [...server.entries, await entryOf(bo.identity, id, leaf)];
		await server.settle();
		expect(ada.keys.holders().map(({ participant }) => participant)).toEqual(["ada", id]);
		const before = added(ada);
		for (const event of old) await ada.keys.hear({ ...event, sender: id });
		expect(added(ada)).toBe(before);
		// What they make on it counts from the beginning again.
		server.entries = server.entries.filter(({ participant }) => participant !== id);
		await server.join(id, bo.identity);
		await server.elapse(4_000);
		expect(server.deaf()).toEqual([]);
	},
);

it("shows nobody who only listens to the server a key", async () => {
	await server.meet("ada", "bo", "cy");
	const passed = JSON.stringify(server.seen) + JSON.stringify(server.entries);
	for (const { used } of server.pages.values()) {
		for (const { key } of used) expect(passed).not.toContain(toBase64(key.baseKey));
	}
});

it("counts nobody's word for somebody else", async () => {
	server.deliver = (one) =>
		one.from === "cy" && one.event.type === "KeyAcknowledged" ? [] : [one];
	await server.meet("ada", "bo", "cy");
	const ada = server.pages.get("ada");
	await server.join("dee");
	await server.settle();
	const before = ada?.using;
	for (let epoch = 0; epoch < 10; epoch += 1) {
		for (const sender of ["bo", "eve"])
			await ada?.keys.hear({ type: "KeyAcknowledged", sender, epoch, proof: "A".repeat(38) });
	}
	expect(ada?.using).toBe(before);
});
