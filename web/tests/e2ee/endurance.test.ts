/** Keys and worker together, through whatever can happen to people, messages and frames. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { EncodedFrame } from "../../src/e2ee/pipes";
import { FakeClock } from "../fakes/clock";
import { type Delivery, KeyServer, type Page } from "../fakes/key_server";

const STEPS = 10_000;
const STEPS_AT_ONCE = 50;
const MOST_PEOPLE = 6;
/** The longest that somebody waits before asking again, and the answer. */
const CONVERGES_MS = 17_100;

const who = fc.nat(MOST_PEOPLE - 1);
const step = fc.oneof(
	fc.record({ act: fc.constant("join" as const) }),
	fc.record({ act: fc.constant("leave" as const), who }),
	fc.record({ act: fc.constant("reload" as const), who }),
	fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 1_200 }) }),
	fc.record({ act: fc.constant("loss" as const), share: fc.integer({ min: 0, max: 9 }) }),
	fc.record({ act: fc.constant("send" as const), who, copies: fc.integer({ min: 0, max: 2 }) }),
	fc.record({ act: fc.constant("late" as const) }),
);

interface Sealed {
	readonly from: string;
	readonly to: Page;
	readonly data: ArrayBuffer;
	readonly plain: Uint8Array;
	readonly copies: number;
}

const asker = { sendKeyFrameRequest: async () => undefined };

function frame(data: ArrayBuffer): EncodedFrame {
	return { data, getMetadata: () => ({}) };
}

/** Sealed by one for each of the others; nothing while there is no key. */
async function send(server: KeyServer, from: string, copies: number): Promise<Sealed[]> {
	const page = server.pages.get(from);
	const plain = crypto.getRandomValues(new Uint8Array(40));
	const sealed = frame(plain.slice().buffer);
	if (!page || !(await page.worker.take({ side: "send", kind: "video", stream: 1 }, sealed, asker)))
		return [];
	const others = [...server.pages.values()].filter((one) => one !== page);
	return others.map((to) => ({ from, to, data: sealed.data, plain, copies }));
}

/** How often it was opened. Whatever is opened is what was sealed. */
async function arrive({ from, to, data, plain, copies }: Sealed): Promise<number> {
	let opened = 0;
	for (let copy = 0; copy < copies; copy += 1) {
		const one = frame(data.slice());
		void to.worker.hear({ type: "bind", receiver: 0, participant: from, stream: 1 });
		const track = { side: "receive", kind: "video", receiver: 0 } as const;
		if (!(await to.worker.take(track, one, asker))) continue;
		expect(new Uint8Array(one.data)).toEqual(plain);
		opened += 1;
	}
	expect(opened).toBeLessThanOrEqual(1);
	return opened;
}

/** Loses that share of tenths; of what is lost, half comes later, twice and out of order. */
function badNetwork(share: () => number): (delivery: Delivery) => readonly Delivery[] {
	const held: Delivery[] = [];
	let number = 0;
	return (one) => {
		number += 1;
		if (number % 10 < share()) {
			if (number % 2 === 0) held.push(one);
			return [];
		}
		return number % 7 === 0 ? [one, ...held.splice(0), one] : [one];
	};
}

/** All open all, and still do a second later; or as long as that may take is over. */
async function converge(server: KeyServer): Promise<void> {
	const until = server.clock.now() + CONVERGES_MS;
	for (let calm = 0; calm < 2 && server.clock.now() < until; ) {
		await server.elapse(500);
		calm = server.deaf().length === 0 ? calm + 1 : 0;
	}
}

async function survive(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
	const server = new KeyServer(new FakeClock());
	let [next, share] = [0, 0];
	let late: Sealed[] = [];
	server.deliver = badNetwork(() => share);
	for (const one of steps) {
		const ids = [...server.pages.keys()];
		const id = "who" in one ? (ids[one.who % Math.max(1, ids.length)] ?? "") : "";
		if (one.act === "join" && ids.length < MOST_PEOPLE) await server.join(`p${next++}`);
		else if (one.act === "leave") server.leave(id);
		else if (one.act === "reload" && id) {
			server.pages.get(id)?.keys.close();
			await server.join(id);
		} else if (one.act === "wait") await server.elapse(one.ms);
		else if (one.act === "loss") share = one.share;
		else if (one.act === "send") late.push(...(await send(server, id, one.copies)));
		else if (one.act === "late") {
			for (const sealed of late.reverse()) await arrive(sealed);
			late = [];
		}
	}
	share = 0;
	await converge(server);
	expect(server.deaf()).toEqual([]);
	expect((await server.codes()).size).toBeLessThanOrEqual(1);
	for (const id of server.pages.keys()) {
		const sent = await send(server, id, 2);
		expect(sent).toHaveLength(server.pages.size - 1);
		for (const sealed of sent) expect(await arrive(sealed)).toBe(1);
	}
	expect(server.failures()).toEqual([]);
}

it("always comes to all opening all, whatever was lost, doubled or late", async () => {
	const steps = fc.array(step, { minLength: STEPS_AT_ONCE, maxLength: STEPS_AT_ONCE });
	await fc.assert(fc.asyncProperty(steps, survive), { numRuns: STEPS / STEPS_AT_ONCE });
}, 600_000);
