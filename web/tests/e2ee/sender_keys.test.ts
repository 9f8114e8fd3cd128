import { afterEach, beforeEach, expect, it } from "vitest";
import { makeIdentity } from "../../src/e2ee/identity";
import { FakeClock } from "../fakes/clock";
import { type Delivery, entryOf, isSame, isWrapped, KeyServer } from "../fakes/key_server";

let clock: FakeClock;
let server: KeyServer;

beforeEach(() => {
	clock = new FakeClock();
	server = new KeyServer(clock);
});

afterEach(() => {
	expect(server.failures()).toEqual([]);
});

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
	const [ada, bo] = await server.meet("ada", "bo");
	const codes = [await server.codes()];
	const keys = [ada?.using, bo?.using];
	const [cy] = await server.meet("cy");
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
	const [ada] = await server.meet("ada", "bo");
	const before = ada?.using;
	const [cy] = await server.meet("cy");
	expect(before && cy?.everKnown.some((key) => isSame(key, before))).toBe(false);
});

it("shuts out whoever was removed within 2 s, also when they keep everything they get", async () => {
	const [ada, , cy] = await server.meet("ada", "bo", "cy");
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
	await server.meet("ada", "bo", "cy");
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
	const [ada] = await server.meet("ada", "bo", "cy");
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
	const [ada, bo] = await server.meet("ada", "bo", "cy");
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
	await server.meet("ada", "bo");
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
	const [, bo] = await server.meet("ada", "bo");
	await server.elapse(60_000);
	const asked = bo?.sent.filter(({ type }) => type === "KeyPlease") ?? [];
	expect(asked.length).toBeGreaterThanOrEqual(4);
	expect(asked.length).toBeLessThanOrEqual(7);
});

it("asks at once after coming back to the server, and hands on what was lost", async () => {
	const [ada, bo] = await server.meet("ada", "bo");
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
	const [, bo] = await server.meet("ada", "bo");
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
	const [, bo] = await server.meet("ada", "bo");
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
	const [, bo] = await server.meet("ada", "bo");
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
	const [ada] = await server.meet("ada", "bo");
	const before = ada?.sent.length ?? 0;
	for (let time = 0; time < 50; time += 1) await ada?.keys.hear({ type: "KeyAsked", sender: "bo" });
	for (let time = 0; time < 50; time += 1)
		await ada?.keys.hear({ type: "KeyAsked", sender: "eve" });
	expect((ada?.sent.length ?? 0) - before).toBe(1);
});

it("changes keys at most twice a second, however many come", async () => {
	const [ada] = await server.meet("ada", "bo");
	const before = ada?.keys.nextEpoch() ?? 0;
	for (let one = 0; one < 10; one += 1) await server.join(`p${one}`);
	await server.elapse(1_000);
	expect((ada?.keys.nextEpoch() ?? 0) - before).toBeLessThanOrEqual(3);
	await server.elapse(2_000);
	expect(server.deaf()).toEqual([]);
});

it("survives 30 joins and leaves in 10 s", async () => {
	await server.meet("ada", "bo");
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
	const [ada, bo] = await server.meet("ada", "bo");
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

it("uses no key after a restart that was made before the last one was back", async () => {
	const [ada, bo, cy] = await server.meet("ada", "bo", "cy");
	const again = new KeyServer(clock, "meeting-2");
	again.deliver = (one) => (one.event.type === "KeyAcknowledged" && one.from === "cy" ? [] : [one]);
	again.expected = ["bo", "cy"];
	const adaAgain = await again.join("ada", ada?.identity, ada?.keys.nextEpoch());
	await again.elapse(5_000);
	again.expected = ["cy"];
	await again.join("bo", bo?.identity, bo?.keys.nextEpoch());
	await again.elapse(5_000);
	again.expected = [];
	const cyAgain = await again.join("cy", cy?.identity, cy?.keys.nextEpoch());
	await again.settle();
	// Those of before it was restarted stay in use until the one for all three is.
	expect(adaAgain.used).toEqual([]);
	await again.elapse(2_900);
	expect(adaAgain.used).toEqual([]);
	await again.elapse(200);
	expect(adaAgain.used).toHaveLength(1);
	expect(cyAgain.canOpen(adaAgain)).toBe(true);
	expect(again.deaf()).toEqual([]);
});

it("forgets nothing that it sends when it comes again with another leaf", async () => {
	const [ada, bo] = await server.meet("ada", "bo");
	if (!ada || !bo) throw new Error("nobody came");
	server.entries = server.entries.filter(({ participant }) => participant !== "bo");
	await server.elapse(1_000);
	server.entries = [...server.entries, await entryOf(bo.identity, "bo", 7)];
	await server.elapse(2_000);
	expect(bo.using?.leaf).toBe(7);
	expect(server.deaf()).toEqual([]);
});

it("does nothing any more once it is closed", async () => {
	const [ada] = await server.meet("ada", "bo");
	const sent = ada?.sent.length;
	for (const { keys } of server.pages.values()) keys.close();
	await server.join("cy");
	server.pages.get("cy")?.keys.close();
	await server.elapse(5_000);
	expect(ada?.sent.length).toBe(sent);
	expect(clock.waiting).toBe(0);
});
