/** Watching the doors of an account, over as many connections as it takes. */
import { type Answer, Line, type Socket } from "../connection/line";
import { afterRefusedJoin, retryDelay } from "../connection/policy";
import type { Clock, Timer } from "../core/clock";
import type { Command, DoorsWatched, Event, KnocksChanged } from "../protocol/generated";

export interface WatchOptions {
	readonly openSocket: () => Socket;
	/** Whether the server answers at all; asked before trying again (see `SessionOptions`). */
	readonly reachable: () => Promise<boolean>;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly handlers: {
		heard(event: DoorsWatched | KnocksChanged): void;
		/** Lost after having watched; it is being made anew. */
		lost(): void;
		/** For good: not signed in any more. */
		ended(): void;
	};
}

/** From opening the socket to DoorsWatched. */
const WATCH_WITHIN_MS = 8_000;
const WAKE_DEADLINE_MS = 2_000;

export class Watch {
	readonly #options: WatchOptions;
	#line: Line | null = null;
	#retry: Timer | null = null;
	#attempt = 0;
	#watching = false;
	#over = true;
	/** When the server said how long to wait. */
	#waitMs: number | null = null;

	constructor(options: WatchOptions) {
		this.#options = options;
	}

	/** Again after `stop` as well. */
	start(): void {
		if (!this.#over) return;
		this.#over = false;
		this.#attempt = 0;
		this.#dial();
	}

	/** Without a word to the handlers. */
	stop(): void {
		this.#over = true;
		this.#watching = false;
		this.#retry?.cancel();
		this.#line?.close();
		this.#line = null;
	}

	get online(): boolean {
		return this.#watching;
	}

	/** The answer; null when there is no connection or it was lost before the answer came. */
	request(command: Command): Promise<Answer | null> {
		return this.#watching && this.#line ? this.#line.request(command) : Promise.resolve(null);
	}

	/** The network came back, or the page became visible: do not wait any longer. */
	wake(): void {
		if (this.#over) return;
		if (this.#watching) this.#line?.probe(WAKE_DEADLINE_MS);
		else if (this.#retry !== null) void this.#tryAgain();
	}

	async #tryAgain(): Promise<void> {
		this.#retry?.cancel();
		this.#retry = null;
		const reachable = await this.#options.reachable();
		if (this.#over || this.#line) return;
		if (reachable) this.#dial();
		else this.#lost();
	}

	#dial(): void {
		const line: Line = new Line(
			this.#options.openSocket(),
			this.#options.clock,
			{
				opened: () => void this.#watch(line),
				heard: (event) => this.#heard(event),
				lost: () => this.#lost(),
			},
			WATCH_WITHIN_MS,
		);
		this.#line = line;
	}

	async #watch(line: Line): Promise<void> {
		const answer = await line.request({ type: "Watch" });
		if (line !== this.#line || this.#over || answer?.type !== "Refused") return;
		const next = afterRefusedJoin(answer.refusal, true);
		if (next.step === "again") {
			this.#waitMs = next.afterMs;
			line.close();
			return;
		}
		this.stop();
		this.#options.handlers.ended();
	}

	#heard(event: Event): void {
		if (this.#over) return;
		if (event.type === "Ended") this.#endedByServer(event.retry);
		else if (event.type === "DoorsWatched") this.#watched(event);
		else if (event.type === "KnocksChanged" && this.#watching) this.#options.handlers.heard(event);
	}

	#watched(event: DoorsWatched): void {
		this.#watching = true;
		this.#attempt = 0;
		this.#line?.keepAlive();
		this.#options.handlers.heard(event);
	}

	#endedByServer(retry: boolean): void {
		// A refused Watch ends like this too; its own answer says what to do.
		if (!this.#watching) return;
		if (retry) {
			this.#line?.close();
			return;
		}
		this.stop();
		this.#options.handlers.ended();
	}

	#lost(): void {
		if (this.#over) return;
		if (this.#watching) this.#options.handlers.lost();
		this.#watching = false;
		this.#line = null;
		this.#attempt += 1;
		const wait = this.#waitMs ?? retryDelay(this.#attempt, this.#options.random());
		this.#waitMs = null;
		this.#retry = this.#options.clock.after(wait, () => void this.#tryAgain());
	}
}
