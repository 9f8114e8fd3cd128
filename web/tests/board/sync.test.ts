import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import type { BoardLink, BoardListener } from "../../src/actions/boards";
import { BoardDocument } from "../../src/board/document";
import type { Keeper, Left } from "../../src/board/leftovers";
import type { Drawn } from "../../src/board/model";
import { BoardSync, type SyncState } from "../../src/board/sync";
import type { Refusal } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";

const INVALID: Refusal = { code: "DrawingInvalid", facts: {} };
const FULL: Refusal = { code: "BoardFull", facts: { limit: 1 } };
const dot = { kind: "pen", colour: "ink", size: 3, points: new Float32Array([1, 2, 0.5]) } as Drawn;

/** A server with one board, whose connection a test cuts. */
class FakeServer {
	readonly kept: Uint8Array[] = [];
	online = true;
	/** Until a test lets the answer through. */
	fetched: () => Promise<void> | null = () => null;
	bar: Refusal | null = null;
	watched = 0;
	refuse: (update: Uint8Array) => Refusal | null = () => null;
	closed = 0;
	listener: BoardListener | null = null;

	readonly open = (listener: BoardListener): BoardLink => {
		this.listener = listener;
		return {
			watch: async () => {
				this.watched += 1;
				return this.online ? this.bar : "lost";
			},
			fetch: async (after) => {
				const { online, kept } = this;
				const found = kept.slice(after).map((update, n) => ({ number: after + n + 1, update }));
				await this.fetched();
				return online ? found : null;
			},
			draw: async (update) => {
				if (!this.online) return "lost";
				const refusal = this.refuse(update) ?? (this.#isAfterGap(update) ? INVALID : null);
				if (refusal) return refusal;
				this.kept.push(update);
				return null;
			},
			point: () => undefined,
			close: () => {
				this.closed += 1;
			},
		};
	};

	/** As the real one looks at it: nothing may wait for what never comes. */
	#isAfterGap(update: Uint8Array): boolean {
		const document = new Y.Doc();
		for (const each of [...this.kept, update]) Y.applyUpdate(document, each);
		return document.store.pendingStructs !== null || document.store.pendingDs !== null;
	}
}

/** What a browser keeps of one page, and what pages before it left. */
class FakeKeeper implements Keeper {
	readonly kept = new Map<number, Uint8Array>();
	readonly old: Left[] = [];
	closed = false;

	async keep(serial: number, update: Uint8Array): Promise<void> {
		this.kept.set(serial, update);
	}

	async forget(serials: readonly number[]): Promise<void> {
		for (const serial of serials) this.kept.delete(serial);
	}

	async left(): Promise<readonly Left[]> {
		return this.old;
	}

	async drop(page: string): Promise<void> {
		this.old.splice(
			this.old.findIndex((one) => one.page === page),
			1,
		);
	}

	async dropAll(): Promise<void> {
		this.kept.clear();
		this.old.length = 0;
	}

	close(): void {
		this.closed = true;
	}
}

async function opened(server = new FakeServer(), keeper: FakeKeeper | null = null) {
	const clock = new FakeClock();
	const document = new BoardDocument();
	const states: SyncState[] = [];
	const sync = new BoardSync(document, server.open, clock, Promise.resolve(keeper), {
		changed: (state) => states.push(state),
		pointed: () => undefined,
	});
	await settle();
	return { server, clock, document, sync, last: () => states.at(-1) };
}

function sizesIn(update: Uint8Array): readonly unknown[] {
	return Y.decodeUpdate(update).structs.flatMap((struct) =>
		"content" in struct ? struct.content.getContent().map(({ s }) => s) : [],
	);
}

describe("keeping a board together", () => {
	it("fetches what is kept, then sends what is drawn", async () => {
		const before = await opened();
		before.document.add(dot);
		await before.clock.advance(100);
		expect(before.server.kept).toHaveLength(1);
		expect(before.last()).toMatchObject({ loaded: true, waiting: false });
		const after = await opened(before.server);
		expect(after.document.objects).toHaveLength(1);
	});

	it("sends again what nobody acknowledged", async () => {
		const { server, clock, document, last } = await opened();
		server.online = false;
		document.add(dot);
		await clock.advance(5_000);
		document.add(dot);
		await clock.advance(5_000);
		expect(last()).toMatchObject({ waiting: true });
		server.online = true;
		await clock.advance(3_000);
		expect(last()).toMatchObject({ waiting: false });
		const late = await opened(server);
		expect(late.document.objects).toHaveLength(2);
	});

	it("says what was refused, and keeps it until it is taken", async () => {
		const { server, clock, document, last } = await opened();
		server.refuse = () => FULL;
		document.add(dot);
		await clock.advance(1_000);
		expect(last()).toMatchObject({ refusal: FULL, waiting: true });
		expect(document.waitingObjects.size).toBe(1);
		server.refuse = () => null;
		await clock.advance(6_000);
		expect(last()).toMatchObject({ waiting: false, refusal: null });
	});

	it("lets what takes away go first where there is no room", async () => {
		const { server, clock, document, last } = await opened();
		const old = document.add(dot);
		await clock.advance(100);
		server.refuse = (update) => (Y.decodeUpdate(update).structs.length > 0 ? FULL : null);
		const kept = document.add(dot);
		await clock.advance(1_000);
		document.remove([old]);
		await clock.advance(6_000);
		expect(last()).toMatchObject({ refusal: FULL, waiting: true });
		const late = await opened(server);
		expect(late.document.objects).toHaveLength(0);
		server.refuse = () => null;
		await clock.advance(6_000);
		await late.clock.advance(10);
		expect((await opened(server)).document.objects.map(({ id }) => id)).toEqual([kept]);
	});

	it("takes back what can never be added, says so, and goes on with the rest", async () => {
		const { server, clock, document, last } = await opened();
		const first = document.add(dot);
		await clock.advance(100);
		const bad = document.add({ ...dot, size: 77 } as Drawn);
		server.refuse = (update) => (sizesIn(update).includes(77) ? INVALID : null);
		await clock.advance(100);
		const good = document.add(dot);
		await clock.advance(3_000);
		expect(document.find(bad)).toBeUndefined();
		expect(last()).toMatchObject({ waiting: false, takenBack: { count: 1, refusal: INVALID } });
		const late = await opened(server);
		expect(late.document.objects.map(({ id }) => id)).toEqual([first, good]);
	});

	it("begins anew under another client where the server takes nothing of this one", async () => {
		const { server, clock, document, last } = await opened();
		document.add(dot);
		await clock.advance(100);
		const refused = document.add(dot);
		let times = 0;
		server.refuse = () => {
			times += 1;
			return times === 1 ? INVALID : null;
		};
		await clock.advance(3_000);
		expect(last()).toMatchObject({ waiting: false, takenBack: null });
		expect((await opened(server)).document.find(refused)).toBeDefined();
	});

	it("sends in pieces what is too much for one, and never sends what one alone cannot hold", async () => {
		const { server, clock, document, last } = await opened();
		const large = { ...dot, points: new Float32Array(3 * 3_900).fill(1) } as Drawn;
		const ids = [document.add(large), document.add(large)];
		await clock.advance(1_000);
		document.remove(ids);
		await clock.advance(1_000);
		document.undo();
		await clock.advance(3_000);
		expect(last()).toMatchObject({ waiting: false, takenBack: null });
		expect((await opened(server)).document.objects).toHaveLength(2);
		expect(Math.max(...server.kept.map((update) => update.length))).toBeLessThanOrEqual(45_000);
		document.add({ ...dot, points: new Float32Array(3 * 6_000).fill(1) } as Drawn);
		await clock.advance(3_000);
		expect(last()?.takenBack).toMatchObject({ count: 1 });
		expect(document.objects).toHaveLength(2);
	});

	it("takes back what waits when the person does not want to wait", async () => {
		const { server, clock, document, sync, last } = await opened();
		const first = document.add(dot);
		await clock.advance(100);
		server.refuse = () => FULL;
		document.move([first], { x: 5, y: 0 });
		document.add(dot);
		await clock.advance(1_000);
		sync.takeBack();
		await clock.advance(10);
		expect(last()).toMatchObject({ waiting: false, refusal: null, takenBack: { count: 2 } });
		expect(document.objects.map(({ by }) => by.x)).toEqual([0]);
	});

	it("keeps in the browser what is not safe, and forgets it once it is", async () => {
		const keeper = new FakeKeeper();
		const { server, clock, document, sync } = await opened(new FakeServer(), keeper);
		server.online = false;
		document.add(dot);
		document.add(dot);
		await clock.advance(1_000);
		expect(keeper.kept.size).toBe(2);
		sync.close();
		await clock.advance(1_000);
		expect(keeper.closed).toBe(false);
		server.online = true;
		await clock.advance(3_000);
		expect(keeper.kept.size).toBe(0);
		expect(keeper.closed).toBe(true);
	});

	it("sends what pages before it could not, once, whatever happened meanwhile", async () => {
		const before = await opened();
		const old = before.document.add(dot);
		await before.clock.advance(100);
		const lost = new FakeKeeper();
		const gone = await opened(before.server, lost);
		gone.document.add(dot);
		gone.document.move([old], { x: 7, y: 0 });
		await settle();
		const [acknowledged, ...rest] = lost.kept.values();
		if (acknowledged) before.server.kept.push(acknowledged);
		before.document.remove([old]);
		await before.clock.advance(100);
		const keeper = new FakeKeeper();
		keeper.old.push({ page: "gone", updates: [acknowledged, ...rest].filter((one) => !!one) });
		const { document, clock, last } = await opened(before.server, keeper);
		await clock.advance(1_000);
		expect(keeper.old).toEqual([]);
		expect(keeper.kept.size).toBe(0);
		expect(last()).toMatchObject({ waiting: false, takenBack: null });
		expect(document.objects).toHaveLength(1);
		expect((await opened(before.server)).document.objects).toHaveLength(1);
	});

	it("leaves what is refused to the next time when the board is closed", async () => {
		const keeper = new FakeKeeper();
		const { server, clock, document, sync } = await opened(new FakeServer(), keeper);
		server.refuse = () => FULL;
		document.add(dot);
		await clock.advance(1_000);
		sync.close();
		await clock.advance(6_000);
		expect(keeper.closed).toBe(true);
		expect(keeper.kept.size).toBe(1);
		expect(server.closed).toBe(1);
	});

	it("is closed only once everything is safe", async () => {
		const { server, clock, document, sync } = await opened();
		server.online = false;
		document.add(dot);
		sync.close();
		await clock.advance(2_000);
		expect(server.closed).toBe(0);
		server.online = true;
		await clock.advance(3_000);
		expect(server.kept).toHaveLength(1);
		expect(server.closed).toBe(1);
	});

	it("ends with the board, and forgets what waited for it", async () => {
		const keeper = new FakeKeeper();
		const { server, clock, document, sync } = await opened(new FakeServer(), keeper);
		server.online = false;
		document.add(dot);
		await clock.advance(1_000);
		sync.close();
		server.online = true;
		server.bar = { code: "NoSuchBoard", facts: {} };
		await clock.advance(60_000);
		expect(server.closed).toBe(1);
		expect(keeper.kept.size).toBe(0);
		expect(keeper.closed).toBe(true);
		expect(clock.waiting).toBe(0);
	});

	it("ends where the board is gone before the last stroke", async () => {
		const keeper = new FakeKeeper();
		const { server, clock, document } = await opened(new FakeServer(), keeper);
		server.refuse = () => ({ code: "NoSuchBoard", facts: {} });
		document.add(dot);
		await clock.advance(60_000);
		expect(keeper.kept.size).toBe(0);
		expect(server.closed).toBe(1);
	});

	it("says that it may not be looked at, asks seldom, and goes on when it may", async () => {
		const server = new FakeServer();
		server.bar = { code: "HostsOnly", facts: {} };
		const { clock, last } = await opened(server);
		await clock.advance(60_000);
		expect(last()).toMatchObject({ loaded: false, refusal: { code: "HostsOnly" } });
		expect(server.watched).toBeLessThan(15);
		server.bar = null;
		await clock.advance(6_000);
		expect(last()).toMatchObject({ loaded: true, refusal: null });
	});

	it("loses nothing that it fetches while it begins anew", async () => {
		const { server, clock, document, sync } = await opened();
		document.add(dot);
		await clock.advance(100);
		let answer: () => void = () => undefined;
		server.fetched = () => {
			server.fetched = () => null;
			return new Promise<void>((resolve) => (answer = resolve));
		};
		server.refuse = () => FULL;
		const unwanted = document.add(dot);
		await clock.advance(100);
		sync.takeBack();
		const other = new BoardDocument();
		const missed = other.add(dot);
		const piece = other.takeWaiting(40_000);
		if (piece) server.kept.push(piece.update);
		server.listener?.missed();
		await settle();
		expect(document.find(missed)).toBeDefined();
		answer();
		await settle();
		await clock.advance(5_000);
		expect(document.find(unwanted)).toBeUndefined();
		expect(document.find(missed)).toBeDefined();
	});

	it("takes over what was left before it is dropped there", async () => {
		const gone = new BoardDocument();
		gone.add(dot);
		const updates = [gone.takeWaiting(40_000)?.update ?? new Uint8Array()];
		const keeper = new FakeKeeper();
		keeper.old.push({ page: "gone", updates });
		let kept: () => void = () => undefined;
		keeper.keep = () => new Promise((resolve) => (kept = resolve));
		const { last } = await opened(new FakeServer(), keeper);
		expect(keeper.old).toHaveLength(1);
		kept();
		await settle();
		expect(keeper.old).toEqual([]);
		expect(last()).toMatchObject({ loaded: true });
	});

	it("shows the board where the browser does not give out what was left", async () => {
		const keeper = new FakeKeeper();
		keeper.left = () => Promise.reject(new Error("taken away"));
		const { last } = await opened(new FakeServer(), keeper);
		expect(last()).toMatchObject({ loaded: true });
	});

	it("fetches what it missed", async () => {
		const { server, clock, document } = await opened();
		const other = new BoardDocument();
		other.add(dot);
		const piece = other.takeWaiting(40_000);
		if (piece) server.kept.push(piece.update);
		server.listener?.missed();
		await clock.advance(10);
		expect(document.objects).toHaveLength(1);
	});
});
