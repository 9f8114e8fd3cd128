/**
 * Keeps a document and the server's together: watch, fetch what is kept, then send what was drawn here, one
 * piece after the other. A piece that nobody acknowledged is sent again, however often it takes; one that can
 * never be added is taken back, and the person told; what only has to wait is kept, and the person told too.
 */
import type { BoardLink, BoardListener } from "../actions/boards";
import type { Clock, Timer } from "../core/clock";
import type { Point, Refusal } from "../protocol/generated";
import { type BoardDocument, idIn } from "./document";
import type { Keeper } from "./leftovers";
import type { Piece } from "./waiting";

/** Bytes of one update as they are joined, and the most that the server takes. */
const MOST_BYTES = 40_000;
const LIMIT = 45_000;
/** Strokes of so many milliseconds travel together. */
const GATHER_MS = 60;
const AGAIN_MS = 1_000;
/** Until what was refused is tried again. */
const PATIENCE_MS = 5_000;
/** What waiting does not help with. */
const NEVER: ReadonlySet<string> = new Set([
	"DrawingInvalid",
	"DrawingTooLarge",
	"MessageMalformed",
]);
const TOO_LARGE: Refusal = { code: "DrawingTooLarge", facts: { limit: LIMIT } };
const POINT_EVERY_MS = 80;

export interface SyncState {
	/** Everything that was kept is here. */
	readonly loaded: boolean;
	/** Something that was drawn here is not safe yet. */
	readonly waiting: boolean;
	/** Why what waits cannot be shared now. */
	readonly refusal: Refusal | null;
	/** What could never be shared, and is not on the board any more. */
	readonly takenBack: { readonly count: number; readonly refusal: Refusal | null } | null;
}

export const NOTHING_YET: SyncState = {
	loaded: false,
	waiting: false,
	refusal: null,
	takenBack: null,
};

export class BoardSync {
	readonly #document: BoardDocument;
	readonly #clock: Clock;
	readonly #changed: (state: SyncState) => void;
	readonly #link: BoardLink;
	#state = NOTHING_YET;
	readonly #keeper: Promise<Keeper | null>;
	#hasLeft = true;
	/** Until the browser has all that waits. */
	#keeping: Promise<unknown> = Promise.resolve();
	/** The document was begun anew since the last piece was kept. */
	#rebuilt = false;
	/** It may not be watched: the refusal is about that. */
	#barred = false;
	#takesBack = false;
	/** What came while the document is begun anew. */
	#arrived: Uint8Array[] | null = null;
	/** The last number up to which nothing is missing here. */
	#last = 0;
	#watching = false;
	#opening = false;
	#sending = false;
	#timer: Timer | null = null;
	#retry: Timer | null = null;
	#pointed: Point | null | undefined;
	#pointing: Timer | null = null;
	#closing = false;
	#over = false;

	constructor(
		document: BoardDocument,
		open: (listener: BoardListener) => BoardLink,
		clock: Clock,
		keeper: Promise<Keeper | null>,
		listen: {
			changed(state: SyncState): void;
			pointed(participant: string, at: Point | null): void;
		},
	) {
		this.#document = document;
		this.#keeper = keeper;
		this.#clock = clock;
		this.#changed = listen.changed;
		this.#link = open({
			drawn: (number, update) => {
				document.take([update]);
				this.#arrived?.push(update);
				// Before everything is here, a later number says nothing about the earlier ones.
				if (this.#watching && this.#state.loaded) this.#last = Math.max(this.#last, number);
			},
			pointed: listen.pointed,
			missed: () => this.#restart(),
			resumed: () => this.#restart(),
		});
		document.onDrawn = ({ serials: [serial = 0], update }) => {
			if (this.#over) return;
			const kept = this.#keeper.then((keeper) => keeper?.keep(serial, update));
			// No place for it: it is sent all the same, as long as the page is open.
			kept.catch(() => undefined);
			this.#keeping = Promise.all([this.#keeping, kept]);
			this.#keeping.catch(() => undefined);
			this.#tell({ waiting: true });
			this.#sendSoon(GATHER_MS);
		};
		void this.#open();
	}

	/** Where one's hand is; the last place counts. */
	point(at: Point | null): void {
		this.#pointed = at;
		if (this.#pointing === null) this.#sendPoint();
	}

	/** The person does not want to wait: nothing that is not safe stays on the board. */
	takeBack(): void {
		this.#takesBack = true;
		if (!this.#sending) void this.#send();
	}

	dismiss(): void {
		this.#tell({ takenBack: null });
	}

	/** What is not safe yet is sent all the same, if it takes until the connection is back. */
	close(): void {
		this.#closing = true;
		this.#endIfDone();
	}

	/** What was refused is kept by the browser until the board is opened again. */
	#endIfDone(): void {
		if (!this.#closing || this.#sending || this.#over) return;
		if (this.#document.isWaiting && this.#state.refusal === null) return;
		this.#end();
	}

	#end(): void {
		this.#over = true;
		for (const timer of [this.#timer, this.#retry, this.#pointing]) timer?.cancel();
		this.#link.close();
		this.#document.destroy();
		this.#withKeeper((kept) => kept.close());
	}

	#withKeeper(act: (keeper: Keeper) => Promise<void> | void): void {
		void this.#keeper.then((keeper) => keeper && act(keeper));
	}

	/** The board was taken out of the room: nobody can have what waits any more. */
	#endGone(): void {
		if (this.#over) return;
		this.#withKeeper((keeper) => keeper.dropAll());
		this.#end();
	}

	#sendPoint(): void {
		this.#pointing = null;
		if (this.#pointed === undefined || !this.#watching) return;
		this.#link.point(this.#pointed);
		this.#pointed = undefined;
		this.#pointing = this.#clock.after(POINT_EVERY_MS, () => this.#sendPoint());
	}

	#restart(): void {
		this.#watching = false;
		void this.#open();
	}

	async #open(): Promise<void> {
		if (this.#opening || this.#over) return;
		this.#opening = true;
		// Watched first: what is drawn while the rest is fetched arrives as well.
		const answer = await this.#link.watch();
		const kept = answer === null ? await this.#link.fetch(this.#last) : null;
		this.#opening = false;
		if (this.#over) return;
		if (answer !== null && answer !== "lost" && answer.code === "NoSuchBoard")
			return this.#endGone();
		if (!kept) return this.#notOpen(answer ?? "lost");
		if (this.#barred) this.#tell({ refusal: null });
		this.#barred = false;
		const updates = kept.map(({ update }) => update);
		this.#document.take(updates);
		this.#arrived?.push(...updates);
		this.#last = Math.max(this.#last, kept.at(-1)?.number ?? 0);
		this.#watching = true;
		// The browser does not give it out now: it stays there until the next time.
		await this.#takeLeft().catch(() => undefined);
		this.#tell({ loaded: true });
		this.#sendSoon(0);
	}

	#notOpen(answer: Refusal | "lost"): void {
		let ms = AGAIN_MS;
		if (answer !== "lost" && answer.code === "TooFast") ms = answer.facts.seconds * 1_000;
		else if (answer !== "lost") {
			ms = PATIENCE_MS;
			this.#barred = true;
			this.#tell({ refusal: answer });
		}
		this.#retry?.cancel();
		this.#retry = this.#clock.after(ms, () => void this.#open());
		this.#endIfDone();
	}

	/** Once, after everything is here that it goes on from. */
	async #takeLeft(): Promise<void> {
		if (!this.#hasLeft) return;
		this.#hasLeft = false;
		const keeper = await this.#keeper;
		for (const { page, updates } of (await keeper?.left()) ?? []) {
			if (this.#over) return;
			this.#document.takeLeft(page, updates);
			// Else a page that ends in between leaves nothing behind.
			await this.#keeping;
			await keeper?.drop(page);
		}
	}

	#sendSoon(ms: number): void {
		if (this.#timer !== null || this.#sending || !this.#watching || this.#over) return;
		this.#timer = this.#clock.after(ms, () => {
			this.#timer = null;
			void this.#send();
		});
	}

	async #send(): Promise<void> {
		if (this.#takesBack && !this.#over) return this.#rebuild(this.#document.waitingKeys, null);
		const ready = this.#watching && !this.#over;
		// What takes away makes room: it does not wait behind what has none.
		const erased = ready && this.#state.refusal ? this.#document.takeErased() : null;
		// One by one where something is wrong: nothing else is taken back with it.
		const most = this.#rebuilt ? 0 : MOST_BYTES;
		const piece = erased ?? (ready ? this.#document.takeWaiting(most) : null);
		if (!piece) return;
		this.#sending = true;
		const answer = isTooLarge(piece) ? TOO_LARGE : await this.#link.draw(piece.update);
		this.#sending = false;
		if (answer === null) this.#kept(piece);
		else {
			this.#document.putBack(piece);
			await this.#notKept(piece, answer);
		}
		this.#endIfDone();
	}

	#kept(piece: Piece): void {
		this.#rebuilt = false;
		this.#withKeeper((keeper) => keeper.forget(piece.serials));
		const waiting = this.#document.isWaiting;
		// Why the rest waits is still true, until something is added again.
		this.#tell({ waiting, refusal: waiting ? this.#state.refusal : null });
		this.#sendSoon(GATHER_MS);
	}

	async #notKept(piece: Piece, answer: Refusal | "lost"): Promise<void> {
		if (answer === "lost") {
			this.#watching = false;
			this.#retry = this.#clock.after(AGAIN_MS, () => void this.#open());
		} else if (answer.code === "NoSuchBoard") this.#endGone();
		else if (answer.code === "TooFast") this.#sendSoon(answer.facts.seconds * 1_000);
		else if (NEVER.has(answer.code)) {
			// Once more under another client, and in pieces: perhaps only that was wrong with it.
			const hopeless = this.#rebuilt || (isTooLarge(piece) && piece.keys.length <= 1);
			await this.#rebuild(new Set(hopeless ? piece.keys : []), answer);
		} else {
			this.#tell({ refusal: answer });
			this.#sendSoon(PATIENCE_MS);
		}
	}

	/** Everything anew from what the server has: updates go on one from the other, so none can be left out. */
	async #rebuild(dropped: ReadonlySet<string>, refusal: Refusal | null): Promise<void> {
		this.#sending = true;
		this.#arrived = [];
		const kept = await this.#link.fetch(0);
		const updates = [...(kept ?? []).map(({ update }) => update), ...this.#arrived];
		this.#sending = false;
		this.#arrived = null;
		if (kept) {
			const old = this.#document.rebuild(updates, dropped);
			this.#withKeeper((keeper) => keeper.forget(old));
			this.#rebuilt = dropped.size === 0;
			this.#takesBack = false;
			const count = new Set([...dropped].map(idIn)).size;
			const takenBack = count > 0 ? { count, refusal } : this.#state.takenBack;
			this.#tell({ waiting: this.#document.isWaiting, refusal: null, takenBack });
		}
		this.#sendSoon(kept ? 0 : AGAIN_MS);
	}

	#tell(change: Partial<SyncState>): void {
		this.#state = { ...this.#state, ...change };
		this.#changed(this.#state);
	}
}

/** The connection would end, were it sent. */
function isTooLarge({ update }: Piece): boolean {
	return update.length > LIMIT;
}
