import { beforeEach, describe, expect, it } from "vitest";
import { Uploading } from "../../src/actions/uploading";
import type { Send, Sending } from "../../src/connection/sending";
import type { Failure } from "../../src/state/uploads";
import { FakeClock, settle } from "../fakes/clock";

class FakeSending implements Sending {
	starts = 0;
	stops = 0;
	givenUp = false;
	constructor(readonly handlers: Parameters<Send>[2]) {}
	start(): void {
		this.starts += 1;
	}
	stop(): void {
		this.stops += 1;
	}
	giveUp(): Promise<void> {
		this.givenUp = true;
		return Promise.resolve();
	}
}

const broken: Failure = { status: null, refusal: null };
let clock: FakeClock;
let online: boolean;
let loads: number;
let offline: boolean;
let sendings: Map<string, FakeSending>;
let uploading: Uploading;

beforeEach(() => {
	clock = new FakeClock();
	online = true;
	offline = false;
	loads = 0;
	sendings = new Map();
	uploading = new Uploading({
		clock,
		key: () => "key",
		online: () => online,
		loadSend: () => {
			loads += 1;
			if (offline) return Promise.reject(new TypeError("no network"));
			return Promise.resolve((file, _key, handlers) => {
				const sending = new FakeSending(handlers);
				sendings.set(file.name, sending);
				return sending;
			});
		},
	});
});

const file = (name: string) => new File([new Uint8Array(100)], name);

async function add(...names: string[]): Promise<void> {
	for (const name of names) uploading.add(file(name), null);
	await settled();
}

/** Reading the first byte of a file takes a turn of the machine. */
async function settled(): Promise<void> {
	for (let turn = 0; turn < 5; turn += 1) {
		await new Promise((done) => setImmediate(done));
		await settle();
	}
}

function sending(name: string): FakeSending {
	const found = sendings.get(name);
	if (!found) throw new Error(`${name} was never sent`);
	return found;
}

const idOf = (name: string) =>
	uploading.uploads.value.find((one) => one.name === name)?.id ?? "none";
const states = () => uploading.uploads.value.map(({ name, state }) => `${name} ${state}`);

describe("files on their way", () => {
	it("go two at a time, the next when one has arrived", async () => {
		await add("a", "b", "c");
		expect(states()).toEqual(["a sending", "b sending", "c queued"]);
		sending("a").handlers.moved(60);
		expect(uploading.uploads.value[0]).toMatchObject({ sent: 60, length: 100 });
		sending("a").handlers.done();
		await settled();
		expect(states()).toEqual(["b sending", "c sending"]);
		expect(sending("c").starts).toBe(1);
	});

	it("are paused and gone on with by the person, and leave their turn to others meanwhile", async () => {
		await add("a", "b", "c");
		uploading.pause(idOf("a"));
		await settled();
		expect(sending("a").stops).toBe(1);
		expect(states()).toEqual(["a paused", "b sending", "c sending"]);
		uploading.goOn(idOf("a"));
		expect(states()[0]).toBe("a queued");
		sending("b").handlers.done();
		await settled();
		expect(states()).toEqual(["a sending", "c sending"]);
		expect(sending("a").starts).toBe(2);
	});

	it("go with what arrived of them when they are cancelled", async () => {
		await add("a");
		uploading.cancel(idOf("a"));
		expect(sending("a").givenUp).toBe(true);
		expect(states()).toEqual([]);
	});

	it("are not sent at all when that would be refused, until the person tries again", async () => {
		uploading.add(file("a"), { code: "HostsOnly", facts: {} });
		await settled();
		expect(uploading.uploads.value).toMatchObject([
			{ state: "refused", trouble: { code: "HostsOnly" } },
		]);
		expect(loads).toBe(0);
		uploading.goOn(idOf("a"));
		await settled();
		expect(uploading.uploads.value).toMatchObject([{ state: "sending", trouble: null }]);
	});

	it("say so when this machine does not give them", async () => {
		const folder = file("folder");
		folder.slice = () =>
			({ arrayBuffer: () => Promise.reject(new DOMException("", "NotFoundError")) }) as never;
		uploading.add(folder, null);
		await settled();
		expect(uploading.uploads.value).toMatchObject([{ state: "refused", trouble: "unreadable" }]);
	});

	it("end with the meeting", async () => {
		await add("a");
		sending("a").handlers.failed(broken);
		uploading.end();
		expect(states()).toEqual([]);
		await clock.advance(60_000);
		expect(sending("a").starts).toBe(1);
	});
});

describe("after a broken connection", () => {
	it("they go on by themselves, after longer and longer pauses until something moves", async () => {
		await add("a");
		for (const seconds of [1, 2, 4, 8, 15, 15]) {
			const before = sending("a").starts;
			sending("a").handlers.failed(broken);
			expect(states()).toEqual(["a cut off"]);
			await clock.advance(seconds * 1_000 - 1);
			await settled();
			expect(sending("a").starts).toBe(before);
			await clock.advance(1);
			await settled();
			expect(sending("a").starts).toBe(before + 1);
		}
		sending("a").handlers.moved(10);
		sending("a").handlers.failed(broken);
		await clock.advance(1_000);
		await settled();
		expect(states()).toEqual(["a sending"]);
	});

	it("they wait until the page is in again, and go on at once then", async () => {
		await add("a");
		online = false;
		uploading.lost();
		sending("a").handlers.failed(broken);
		await clock.advance(60_000);
		await settled();
		expect(sending("a").starts).toBe(1);
		online = true;
		uploading.resume();
		await settled();
		expect(sending("a").starts).toBe(2);
	});

	it("what hangs is begun over, what moved meanwhile is left alone", async () => {
		await add("stuck", "alive");
		sending("stuck").handlers.moved(10);
		uploading.lost();
		sending("alive").handlers.moved(20);
		uploading.resume();
		await settled();
		expect([sending("stuck").starts, sending("alive").starts]).toEqual([2, 1]);
		// Lost anew: what counts is what moved since.
		uploading.lost();
		uploading.resume();
		await settled();
		expect(sending("alive").starts).toBe(2);
	});

	it("what is paused stays paused", async () => {
		await add("a");
		uploading.pause(idOf("a"));
		uploading.lost();
		uploading.resume();
		await settled();
		expect(states()).toEqual(["a paused"]);
	});

	it("the script that sends is asked for again", async () => {
		offline = true;
		await add("a");
		expect(states()).toEqual(["a cut off"]);
		offline = false;
		await clock.advance(1_000);
		await settled();
		expect([loads, sending("a").starts]).toEqual([2, 1]);
	});
});

describe("what the server says", () => {
	it.each(["NotInMeeting", "ServerStopping", "TooManyUploads", "UploadBusy"] as const)(
		"%s passes by itself",
		async (code) => {
			await add("a");
			sending("a").handlers.failed({ status: 409, refusal: { code, facts: {} } as never });
			expect(states()).toEqual(["a cut off"]);
		},
	);

	it("ends an upload with its reason, and the next has its turn", async () => {
		await add("a", "b", "c");
		const refusal = { code: "RoomContentFull", facts: { limit: 5, used: 4 } } as const;
		sending("a").handlers.failed({ status: 413, refusal });
		await settled();
		expect(states()).toEqual(["a refused", "b sending", "c sending"]);
		expect(uploading.uploads.value[0]?.trouble).toBe(refusal);
	});

	it("may come from a proxy whose server is gone", async () => {
		await add("a", "b");
		sending("a").handlers.failed({ status: 502, refusal: null });
		sending("b").handlers.failed({ status: 400, refusal: null });
		expect(states()).toEqual(["a cut off", "b refused"]);
	});
});
