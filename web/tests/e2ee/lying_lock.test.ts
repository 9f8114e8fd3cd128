/** The lock under a server that wants it closed: what closes it is proved by the others, never said. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ShownEncryption } from "../../src/actions/shown_encryption";
import type { KeyEvent } from "../../src/e2ee/group_keys";
import type { EncodedFrame } from "../../src/e2ee/pipes";
import type { Participant } from "../../src/protocol/generated";
import { isEncrypted } from "../../src/state/encryption";
import { FakeClock } from "../fakes/clock";
import { type Delivery, isWrapped, KeyServer, type Page } from "../fakes/key_server";
import { meeting, participant } from "../fakes/meeting";

let clock: FakeClock;
let server: KeyServer;
let ada: Page;
let bo: Page;

beforeEach(async () => {
	clock = new FakeClock();
	server = new KeyServer(clock);
	const [first, second] = await server.meet("ada", "bo", "cy");
	if (!first || !second) throw new Error("nobody came");
	[ada, bo] = [first, second];
});

afterEach(() => {
	expect(server.failures()).toEqual([]);
});

const asker = { sendKeyFrameRequest: async () => undefined };

/** A picture of one reaches another as `through` lets it. */
async function shows(from: Page, to: Page, through = (data: ArrayBuffer) => data): Promise<void> {
	const picture = Uint8Array.from({ length: 40 }, (_, index) => index & 0xfe);
	const frame: EncodedFrame = { data: picture.buffer, getMetadata: () => ({}) };
	await from.worker.take({ side: "send", kind: "video", stream: 1 }, frame, asker);
	void to.worker.hear({ type: "bind", receiver: 0, participant: from.id, stream: 1 });
	frame.data = through(frame.data);
	await to.worker.take({ side: "receive", kind: "video", receiver: 0 }, frame, asker);
}

async function everybodyShows(): Promise<void> {
	const pages = [...server.pages.values()];
	for (const from of pages) for (const to of pages) if (from !== to) await shows(from, to);
}

/** Whether the lock of Ada's page is closed. `said`: of the others, by the server. */
async function isClosed(said: Record<string, Partial<Participant>> = {}): Promise<boolean> {
	const shown = new ShownEncryption(clock);
	shown.changed(ada.keys);
	shown.counted(ada.worker.counts());
	await vi.waitFor(() => {
		if (shown.state.value.code === null) throw new Error("no code yet");
	});
	const participants = [...server.pages.keys()].map((id, index) =>
		participant(index, { id, ...said[id] }),
	);
	return isEncrypted(shown.state.value, meeting({ you: "ada", participants }));
}

/** Nothing that Ada wraps reaches Bo. */
function withhold(one: Delivery): readonly Delivery[] {
	return isWrapped(one) && one.from === "ada" && one.to === "bo" ? [] : [one];
}

it("is closed when all is well, and not before a frame of each was opened", async () => {
	expect(await isClosed()).toBe(false);
	await everybodyShows();
	expect(await isClosed()).toBe(true);
});

it("is not closed by acknowledgements that the server makes, moves, mirrors or replays", async () => {
	server.deliver = withhold;
	await server.meet("dee");
	await everybodyShows();
	const acknowledged = server.seen
		.map(({ event }) => event)
		.filter((event) => event.type === "KeyAcknowledged");
	expect(acknowledged.some(({ sender }) => sender === "ada")).toBe(true);
	expect(acknowledged.some(({ sender }) => sender === "bo")).toBe(true);
	const proofs = [...acknowledged.map(({ proof }) => proof), "A".repeat(38), "", "A".repeat(39)];
	for (let epoch = 0; epoch < ada.keys.nextEpoch(); epoch += 1) {
		for (const proof of proofs) {
			const forged: KeyEvent = { type: "KeyAcknowledged", sender: "bo", epoch, proof };
			await ada.keys.hear(forged);
		}
	}
	await server.elapse(3_000);
	expect(await isClosed()).toBe(false);
	server.deliver = (one) => [one];
	await server.elapse(17_000);
	await everybodyShows();
	expect(await isClosed()).toBe(true);
});

it("is not closed by the server's word that whoever lacks a key is away, or went and came", async () => {
	await everybodyShows();
	server.deliver = withhold;
	await server.meet("dee");
	await server.elapse(2_000);
	await everybodyShows();
	expect(await isClosed({ bo: { away: true } })).toBe(false);
	server.view = (viewer, all) => all.filter((one) => viewer !== "ada" || one.participant !== "bo");
	await server.settle();
	server.view = (_, all) => all;
	await server.settle();
	const holders = ada.keys.holders();
	expect(holders.find((one) => one.participant === "bo")?.hears).toBe(false);
	expect(await isClosed({ bo: { away: true } })).toBe(false);
});

it("does not stay closed over somebody whom the server holds to a key of before", async () => {
	await everybodyShows();
	server.expected = ["nobody"];
	await server.meet("dee");
	const before = bo.using;
	await server.elapse(4_000);
	expect(bo.using).toBe(before);
	const quiet = { microphone: false, camera: false };
	// Dee has no key to send with yet, and proved a key of Ada that Ada does not use.
	expect(await isClosed({ dee: quiet })).toBe(false);
	const hears = () => ada.keys.holders().map((one) => [one.participant, one.hears]);
	expect(hears()).toContainEqual(["bo", true]);
	expect(hears()).toContainEqual(["dee", false]);
	await ada.keys.announce(server.entries, []);
	expect(await isClosed({ dee: quiet })).toBe(true);
	await shows(bo, ada);
	expect(await isClosed({ dee: quiet })).toBe(false);
	expect(await isClosed({ dee: quiet, bo: quiet })).toBe(false);
});

it("does not stay closed over frames that open no more", async () => {
	await everybodyShows();
	await server.meet("dee");
	const spoil = (data: ArrayBuffer) => {
		const bytes = new Uint8Array(data.slice());
		bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
		return bytes.buffer;
	};
	for (const page of server.pages.values()) {
		if (page === ada) continue;
		if (page === bo) await shows(page, ada, spoil);
		else await shows(page, ada);
	}
	expect(await isClosed()).toBe(false);
	await shows(bo, ada);
	expect(await isClosed()).toBe(true);
});
