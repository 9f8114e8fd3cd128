import { afterEach, beforeEach, expect, it } from "vitest";
import { toBase64 } from "../../src/e2ee/bytes";
import type { KeyEvent } from "../../src/e2ee/group_keys";
import { type Identity, makeIdentity, vouch } from "../../src/e2ee/identity";
import type { Entry } from "../../src/e2ee/roster";
import { FakeClock } from "../fakes/clock";
import { type Delivery, isSame, KeyServer, type Page } from "../fakes/key_server";

let clock: FakeClock;
let server: KeyServer;

beforeEach(() => {
	clock = new FakeClock();
	server = new KeyServer(clock);
});

afterEach(() => {
	expect(server.failures()).toEqual([]);
});

async function meet(...ids: readonly string[]): Promise<Page[]> {
	const pages: Page[] = [];
	for (const id of ids) {
		pages.push(await server.join(id));
		await server.elapse(2_000);
	}
	return pages;
}

async function entryOf(
	identity: Identity,
	participant: string,
	leaf: number,
	meeting = server.meeting,
): Promise<Entry> {
	return {
		participant,
		leaf,
		signKey: toBase64(identity.signKey),
		dhKey: toBase64(identity.dhKey),
		signature: toBase64(await vouch(identity, meeting, participant)),
	};
}

function wrapped(delivery: Delivery): KeyEvent & { type: "KeysWrapped" } {
	if (delivery.event.type !== "KeysWrapped") throw new Error("not a wrapped key");
	return delivery.event;
}

function isWrapped({ event }: Delivery): boolean {
	return event.type === "KeysWrapped";
}

/** Keys that reached a page after this moment. */
function added(page: Page): number {
	return page.everKnown.length;
}

it("lets everybody open everybody, with one code, at once when all is well", async () => {
	await server.join("ada");
	await server.join("bo");
	await server.join("cy");
	await server.settle();
	expect(server.deaf()).not.toEqual([]);
	await server.elapse(500);
	expect(server.deaf()).toEqual([]);
	const [code, ...others] = await server.codes();
	expect(others).toEqual([]);
	expect(code).toMatch(/^\d{5}( \d{5}){5}$/);
});

it("gives somebody alone a key, and no code to nobody", async () => {
	const page = await server.join("ada");
	expect(await page.keys.safetyCode()).toBeNull();
	await server.settle();
	expect(page.using).not.toBeNull();
	expect(await page.keys.safetyCode()).not.toBeNull();
});

it("changes every key and the code when somebody comes, and when somebody goes", async () => {
	const [ada, bo] = await meet("ada", "bo");
	const codes = [await server.codes()];
	const keys = [ada?.using, bo?.using];
	const [cy] = await meet("cy");
	codes.push(await server.codes());
	expect(server.deaf()).toEqual([]);
	keys.push(ada?.using, bo?.using);
	server.leave("cy");
	await server.elapse(2_000);
	codes.push(await server.codes());
	expect(server.deaf()).toEqual([]);
	keys.push(ada?.using, bo?.using);
	expect(new Set(keys.map((key) => key?.baseKey.toString())).size).toBe(6);
	expect(codes.map(({ size }) => size)).toEqual([1, 1, 1]);
	// The people are the same as before.
	expect(codes[2]).toEqual(codes[0]);
	expect(codes[1]).not.toEqual(codes[0]);
	expect(cy?.everKnown.length).toBe(2);
});

it("gives newcomers nothing of what was sent before", async () => {
	const [ada] = await meet("ada", "bo");
	const before = ada?.using;
	const [cy] = await meet("cy");
	expect(before && cy?.everKnown.some((key) => isSame(key, before))).toBe(false);
});

it("shuts out whoever was removed within 2 s, also when they keep everything they get", async () => {
	const [ada, , cy] = await meet("ada", "bo", "cy");
	const removed = clock.now();
	server.leave("cy");
	await server.elapse(2_000);
	const after = ada?.used.filter(({ at }) => at >= removed) ?? [];
	expect(after).toHaveLength(1);
	expect((after[0]?.at ?? 0) - removed).toBeLessThanOrEqual(1_500);
	const last = ada?.using;
	expect(last && cy?.everKnown.some((key) => isSame(key, last))).toBe(false);
	expect(server.deaf()).toEqual([]);
});

it("uses a new key only when all have it, so that nobody misses a frame", async () => {
	await meet("ada", "bo", "cy");
	server.deliver = (delivery) => (delivery.event.type === "KeyAcknowledged" ? [] : [delivery]);
	await server.join("dee");
	await server.settle();
	const [ada, bo] = [server.pages.get("ada"), server.pages.get("bo")];
	for (const page of [ada, bo])
		expect(page?.keys.holders().map(({ heard }) => heard)).toContain(true);
	expect(ada && bo?.canOpen(ada)).toBe(true);
	const before = ada?.using;
	await server.elapse(2_900);
	expect(ada?.using).toBe(before);
	await server.elapse(200);
	expect(ada?.using).not.toBe(before);
	expect(server.deaf()).toEqual([]);
});

it("waits for nobody longer than 1 s after somebody left, also when others come meanwhile", async () => {
	const [ada] = await meet("ada", "bo", "cy");
	server.deliver = (delivery) => (delivery.event.type === "KeyAcknowledged" ? [] : [delivery]);
	const before = ada?.using;
	server.leave("cy");
	await server.elapse(600);
	await server.join("dee");
	await server.elapse(300);
	expect(ada?.using).toBe(before);
	await server.elapse(200);
	expect(ada?.using).not.toBe(before);
});

it("goes on without somebody who never acknowledges, and shows it", async () => {
	const silent = (delivery: Delivery) =>
		delivery.from === "cy" && delivery.event.type === "KeyAcknowledged" ? [] : [delivery];
	server.deliver = silent;
	const [ada, bo] = await meet("ada", "bo", "cy");
	await server.elapse(1_000);
	expect(server.deaf()).toEqual([]);
	for (const page of [ada, bo]) {
		const holders = page?.keys.holders() ?? [];
		expect(holders.map(({ participant, hears }) => [participant, hears])).toEqual([
			["ada", true],
			["bo", true],
			["cy", false],
		]);
	}
});

it("asks after 2 s for a key that was lost, and only that one is missing until then", async () => {
	await meet("ada", "bo");
	server.deliver = (one) => (isWrapped(one) && one.from === "ada" && one.to === "cy" ? [] : [one]);
	await server.join("cy");
	await server.elapse(1_900);
	expect(server.deaf()).toEqual(["cy cannot open ada"]);
	server.deliver = (delivery) => [delivery];
	await server.elapse(300);
	expect(server.deaf()).toEqual([]);
});

it("asks ever more rarely whoever does not answer", async () => {
	server.deliver = (one) => (isWrapped(one) && one.from === "ada" ? [] : [one]);
	const [, bo] = await meet("ada", "bo");
	await server.elapse(60_000);
	const asked = bo?.sent.filter(({ type }) => type === "KeyPlease") ?? [];
	expect(asked.length).toBeGreaterThanOrEqual(4);
	expect(asked.length).toBeLessThanOrEqual(7);
});

it("asks at once after coming back to the server, and hands on what was lost", async () => {
	const [ada, bo] = await meet("ada", "bo");
	server.deliver = () => [];
	await server.join("cy");
	await server.elapse(1_000);
	server.deliver = (delivery) => [delivery];
	await Promise.all([...server.pages.values()].map(({ keys }) => keys.comeBack()));
	await server.settle();
	expect(server.deaf()).toEqual([]);
	expect(ada?.using?.epoch).toBe(2);
	expect(bo?.using?.epoch).toBe(1);
});

it("gives a key again to whoever missed it, also when one for the same people was there before", async () => {
	const [, bo] = await meet("ada", "bo");
	server.deliver = (one) => (isWrapped(one) && one.to === "bo" ? [] : [one]);
	await server.join("cy");
	server.leave("cy");
	await server.elapse(1_900);
	expect(server.deaf()).toEqual(["bo cannot open ada"]);
	expect(bo?.keys.holders().map(({ heard }) => heard)).not.toContain(false);
	server.deliver = (delivery) => [delivery];
	await server.elapse(2_000);
	expect(server.deaf()).toEqual([]);
});

it("asks everybody after coming back, who may have new keys for the same people", async () => {
	const [, bo] = await meet("ada", "bo");
	server.deliver = (one) => (isWrapped(one) && one.to === "bo" ? [] : [one]);
	await server.join("cy");
	server.leave("cy");
	await server.elapse(1_500);
	expect(server.deaf()).toEqual(["bo cannot open ada"]);
	server.deliver = (delivery) => [delivery];
	await bo?.keys.comeBack();
	await server.settle();
	expect(server.deaf()).toEqual([]);
});

it("still asks others while somebody sends keys for other people without end", async () => {
	server.deliver = (one) => (isWrapped(one) && one.from === "ada" ? [] : [one]);
	const [, bo] = await meet("ada", "bo");
	const cy = await server.join("cy");
	const eve = await entryOf(await makeIdentity(), "eve", 9);
	let there = false;
	server.view = (viewer, entries) => (viewer === "cy" && there ? [...entries, eve] : entries);
	const asked = bo?.sent.length ?? 0;
	for (let time = 0; time < 12; time += 1) {
		there = !there;
		await server.elapse(500);
	}
	expect(cy.keys.nextEpoch()).toBeGreaterThan(8);
	expect(bo?.sent.slice(asked)).toContainEqual({ type: "KeyPlease", to: "ada" });
});

it("answers one member once a second, and strangers never", async () => {
	const [ada] = await meet("ada", "bo");
	const before = ada?.sent.length ?? 0;
	for (let time = 0; time < 50; time += 1) await ada?.keys.hear({ type: "KeyAsked", sender: "bo" });
	for (let time = 0; time < 50; time += 1)
		await ada?.keys.hear({ type: "KeyAsked", sender: "eve" });
	expect((ada?.sent.length ?? 0) - before).toBe(1);
});

it("changes keys at most twice a second, however many come", async () => {
	const [ada] = await meet("ada", "bo");
	const before = ada?.keys.nextEpoch() ?? 0;
	for (let one = 0; one < 10; one += 1) await server.join(`p${one}`);
	await server.elapse(1_000);
	expect((ada?.keys.nextEpoch() ?? 0) - before).toBeLessThanOrEqual(3);
	await server.elapse(2_000);
	expect(server.deaf()).toEqual([]);
});

it("survives 30 joins and leaves in 10 s", async () => {
	await meet("ada", "bo");
	for (let one = 0; one < 30; one += 1) {
		if (one % 2 === 0) await server.join(`p${one}`);
		else server.leave(one % 4 === 1 ? `p${one - 1}` : `p${one - 3}`);
		await server.elapse(333);
		// Whoever was there all the time misses nothing.
		expect(server.deaf().filter((pair) => /^(ada|bo) cannot open (ada|bo)$/.test(pair))).toEqual(
			[],
		);
	}
	await server.elapse(2_000);
	expect(server.deaf()).toEqual([]);
	expect((await server.codes()).size).toBe(1);
}, 60_000);

it("keeps the key in use while people are on their way back to a restarted server", async () => {
	const [ada, bo] = await meet("ada", "bo");
	const before = new KeyServer(clock, server.meeting);
	expect(before.meeting).toBe(server.meeting);
	const again = new KeyServer(clock, "meeting-2");
	again.expected = ["bo"];
	const adaAgain = await again.join("ada", ada?.identity, ada?.keys.nextEpoch());
	await again.elapse(5_000);
	expect(adaAgain.using).toBeNull();
	again.expected = [];
	const boAgain = await again.join("bo", bo?.identity, bo?.keys.nextEpoch());
	await again.elapse(1_000);
	expect(again.deaf()).toEqual([]);
	expect(adaAgain.using?.epoch).toBeGreaterThan(ada?.using?.epoch ?? 0);
	expect(boAgain.failures).toEqual([]);
});

it("forgets nothing that it sends when it comes again with another leaf", async () => {
	const [ada, bo] = await meet("ada", "bo");
	if (!ada || !bo) throw new Error("nobody came");
	server.entries = server.entries.filter(({ participant }) => participant !== "bo");
	await server.elapse(1_000);
	server.entries = [...server.entries, await entryOf(bo.identity, "bo", 7)];
	await server.elapse(2_000);
	expect(bo.using?.leaf).toBe(7);
	expect(server.deaf()).toEqual([]);
});

// A server that lies.

it("shows a ghost to everybody who is told of it, and they have another code", async () => {
	const ghost = await makeIdentity();
	const [ada, bo] = await meet("ada", "bo");
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
	const [ada, bo] = await meet("ada", "bo");
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
	const [ada, bo] = await meet("ada", "bo");
	expect(server.deaf()).toEqual(["ada cannot open bo", "bo cannot open ada"]);
	expect(await ada?.keys.safetyCode()).not.toBe(await bo?.keys.safetyCode());
});

it("shows a fork by the codes, and opens nothing across it", async () => {
	await meet("ada", "bo", "cy");
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
		const [ada] = await meet("ada", "bo");
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
	const [, bo] = await meet("ada", "bo");
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
	const [, bo, cy] = await meet("ada", "bo", "cy");
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

it("shows nobody who only listens to the server a key", async () => {
	await meet("ada", "bo", "cy");
	const passed = JSON.stringify(server.seen) + JSON.stringify(server.entries);
	for (const { used } of server.pages.values()) {
		for (const { key } of used) expect(passed).not.toContain(toBase64(key.baseKey));
	}
});

it("counts nobody's word for somebody else", async () => {
	server.deliver = (one) =>
		one.from === "cy" && one.event.type === "KeyAcknowledged" ? [] : [one];
	await meet("ada", "bo", "cy");
	const ada = server.pages.get("ada");
	await server.join("dee");
	await server.settle();
	const before = ada?.using;
	for (let epoch = 0; epoch < 10; epoch += 1) {
		await ada?.keys.hear({ type: "KeyAcknowledged", sender: "bo", epoch });
		await ada?.keys.hear({ type: "KeyAcknowledged", sender: "eve", epoch });
	}
	expect(ada?.using).toBe(before);
});

it("does nothing any more once it is closed", async () => {
	const [ada] = await meet("ada", "bo");
	const sent = ada?.sent.length;
	for (const { keys } of server.pages.values()) keys.close();
	await server.join("cy");
	server.pages.get("cy")?.keys.close();
	await server.elapse(5_000);
	expect(ada?.sent.length).toBe(sent);
	expect(clock.waiting).toBe(0);
});
