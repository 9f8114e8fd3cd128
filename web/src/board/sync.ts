/**
 * Keeps a document and the server's together: watch, fetch what is kept, then send what was drawn here, one
 * piece after the other. A piece that nobody acknowledged is sent again, however often it takes.
 */
import type { BoardLink, BoardListener } from "../actions/boards";
import type { Clock, Timer } from "../core/clock";
import type { Point, Refusal } from "../protocol/generated";
import type { BoardDocument } from "./document";

/** Bytes of one update; the server takes 45,000. */
const MOST_BYTES = 40_000;
/** Strokes of so many milliseconds travel together. */
const GATHER_MS = 60;
const AGAIN_MS = 1_000;
const POINT_EVERY_MS = 80;

export interface SyncState {
	/** Everything that was kept is here. */
	readonly loaded: boolean;
	/** Something that was drawn here is not safe yet. */
	readonly waiting: boolean;
	readonly refusal: Refusal | null;
}

export class BoardSync {
	readonly #document: BoardDocument;
	readonly #clock: Clock;
	readonly #changed: (state: SyncState) => void;
	readonly #link: BoardLink;
	#state: SyncState = { loaded: false, waiting: false, refusal: null };
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
		listen: {
			changed(state: SyncState): void;
			pointed(participant: string, at: Point | null): void;
		},
	) {
		this.#document = document;
		this.#clock = clock;
		this.#changed = listen.changed;
		this.#link = open({
			drawn: (number, update) => {
				document.take([update]);
				// Before everything is here, a later number says nothing about the earlier ones.
				if (this.#watching && this.#state.loaded) this.#last = Math.max(this.#last, number);
			},
			pointed: listen.pointed,
			missed: () => this.#restart(),
			resumed: () => this.#restart(),
		});
		document.onDrawn = () => {
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

	/** What is not safe yet is sent all the same, if it takes until the connection is back. */
	close(): void {
		this.#closing = true;
		if (!this.#document.isWaiting && !this.#sending) this.#finish();
	}

	#finish(): void {
		this.#over = true;
		for (const timer of [this.#timer, this.#retry, this.#pointing]) timer?.cancel();
		this.#link.close();
		this.#document.destroy();
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
		const watched = await this.#link.watch();
		const kept = watched ? await this.#link.fetch(this.#last) : null;
		this.#opening = false;
		if (this.#over) return;
		if (!kept) {
			this.#retry?.cancel();
			this.#retry = this.#clock.after(AGAIN_MS, () => void this.#open());
			return;
		}
		this.#document.take(kept.map(({ update }) => update));
		this.#last = Math.max(this.#last, kept.at(-1)?.number ?? 0);
		this.#watching = true;
		this.#tell({ loaded: true });
		this.#sendSoon(0);
	}

	#sendSoon(ms: number): void {
		if (this.#timer !== null || this.#sending || !this.#watching || this.#over) return;
		this.#timer = this.#clock.after(ms, () => {
			this.#timer = null;
			void this.#send();
		});
	}

	async #send(): Promise<void> {
		const update = this.#watching && !this.#over ? this.#document.takeWaiting(MOST_BYTES) : null;
		if (!update) return;
		this.#sending = true;
		const answer = await this.#link.draw(update);
		this.#sending = false;
		if (answer === null) {
			if (this.#closing && !this.#document.isWaiting) return this.#finish();
			this.#tell({ waiting: this.#document.isWaiting, refusal: null });
			this.#sendSoon(GATHER_MS);
			return;
		}
		this.#document.putBack(update);
		// Lost: it is sent after the connection came back. Refused: it stays, and is tried now and then.
		if (answer === "lost") {
			this.#watching = false;
			this.#retry = this.#clock.after(AGAIN_MS, () => void this.#open());
			return;
		}
		const wait = answer.code === "TooFast" ? answer.facts.seconds * 1_000 : 5 * AGAIN_MS;
		if (answer.code !== "TooFast") this.#tell({ refusal: answer });
		this.#sendSoon(wait);
	}

	#tell(change: Partial<SyncState>): void {
		this.#state = { ...this.#state, ...change };
		this.#changed(this.#state);
	}
}
