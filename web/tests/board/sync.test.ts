import { describe, expect, it } from "vitest";
import type { BoardLink, BoardListener } from "../../src/actions/boards";
import { BoardDocument } from "../../src/board/document";
import type { Drawn } from "../../src/board/model";
import { BoardSync, type SyncState } from "../../src/board/sync";
import type { Refusal } from "../../src/protocol/generated";
import { FakeClock, settle } from "../fakes/clock";

const dot = { kind: "pen", colour: "ink", size: 3, points: new Float32Array([1, 2, 0.5]) } as Drawn;

/** A server with one board, whose connection a test cuts. */
class FakeServer {
	readonly kept: Uint8Array[] = [];
	online = true;
	refusal: Refusal | null = null;
	closed = 0;
	listener: BoardListener | null = null;

	readonly open = (listener: BoardListener): BoardLink => {
		this.listener = listener;
		return {
			watch: async () => this.online,
			fetch: async (after) =>
				this.online
					? this.kept.slice(after).map((update, n) => ({ number: after + n + 1, update }))
					: null,
			draw: async (update) => {
				if (!this.online) return "lost";
				if (this.refusal) return this.refusal;
				this.kept.push(update);
				return null;
			},
			point: () => undefined,
			close: () => {
				this.closed += 1;
			},
		};
	};
}

async function opened(server = new FakeServer()) {
	const clock = new FakeClock();
	const document = new BoardDocument();
	const states: SyncState[] = [];
	const sync = new BoardSync(document, server.open, clock, {
		changed: (state) => states.push(state),
		pointed: () => undefined,
	});
	await settle();
	return { server, clock, document, sync, last: () => states.at(-1) };
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
		server.refusal = { code: "BoardFull", facts: { limit: 1 } };
		document.add(dot);
		await clock.advance(1_000);
		expect(last()?.refusal?.code).toBe("BoardFull");
		server.refusal = null;
		await clock.advance(6_000);
		expect(last()).toMatchObject({ waiting: false, refusal: null });
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

	it("fetches what it missed", async () => {
		const { server, clock, document } = await opened();
		const other = new BoardDocument();
		other.add(dot);
		const update = other.takeWaiting(40_000);
		if (update) server.kept.push(update);
		server.listener?.missed();
		await clock.advance(10);
		expect(document.objects).toHaveLength(1);
	});
});
