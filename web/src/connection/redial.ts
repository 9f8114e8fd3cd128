/** One connection after another to the same server, until it is closed. */
import type { Clock, Timer } from "../core/clock";
import type { Event } from "../protocol/generated";
import { Line, type Socket } from "./line";
import { retryDelay } from "./policy";

/** How to get to the server, and how long to wait before it is tried again. */
export interface Way {
	readonly openSocket: () => Socket;
	/**
	 * Whether the server answers at all; asked before every try but the first. Firefox delays WebSockets
	 * to a server that refused several, up to a minute, and would still wait long after the server is back.
	 */
	readonly reachable: () => Promise<boolean>;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
}

interface RedialHandlers {
	/** Say what this connection is for; `arrived` has to be called within 8 s. */
	opened(line: Line): void;
	heard(event: Event): void;
	/**
	 * Tried again, unless it is closed now. `attempt` counts the tries since the last one that `arrived`,
	 * from 1.
	 */
	lost(attempt: number, arrived: boolean): void;
}

const ARRIVE_WITHIN_MS = 8_000;
/** After waking up: a connection that is dead should be noticed before the person notices. */
const WAKE_DEADLINE_MS = 2_000;

export class Redial {
	readonly #way: Way;
	readonly #handlers: RedialHandlers;
	#line: Line | null = null;
	#isOpen = false;
	#arrived = false;
	#attempt = 0;
	/** When the server said how long to wait. */
	#waitMs: number | null = null;
	#retry: Timer | null = null;
	#over = true;

	constructor(way: Way, handlers: RedialHandlers) {
		this.#way = way;
		this.#handlers = handlers;
	}

	/** Again after `close` as well. */
	start(): void {
		if (!this.#over) return;
		this.#over = false;
		this.#attempt = 0;
		this.#dial();
	}

	get line(): Line | null {
		return this.#line;
	}

	/** The connection, once the server has said what was asked for over it. */
	get arrivedLine(): Line | null {
		return this.#arrived ? this.#line : null;
	}

	get isOver(): boolean {
		return this.#over;
	}

	arrived(): void {
		this.#arrived = true;
		this.#attempt = 0;
	}

	/** End this connection and make another: after as long as the server said, if it said so. */
	again(afterMs: number | null = null): void {
		this.#waitMs = afterMs;
		this.#line?.close();
	}

	/** The network came back, or the page became visible: do not wait any longer. */
	wake(): void {
		if (this.#over) return;
		if (this.#arrived) this.#line?.probe(WAKE_DEADLINE_MS);
		else if (this.#retry !== null) void this.#tryAgain();
	}

	/** Without a word to the handlers. */
	close(): void {
		this.#over = true;
		this.#arrived = false;
		this.#retry?.cancel();
		this.#retry = null;
		const line = this.#line;
		this.#line = null;
		// Browsers complain about a socket that is closed before it opened: it goes when it has.
		if (this.#isOpen) line?.close();
	}

	#dial(): void {
		this.#isOpen = false;
		const line: Line = new Line(
			this.#way.openSocket(),
			this.#way.clock,
			{
				opened: () => this.#opened(line),
				heard: (event) => {
					if (line === this.#line) this.#handlers.heard(event);
				},
				lost: () => {
					if (line === this.#line) this.#lost();
				},
			},
			ARRIVE_WITHIN_MS,
		);
		this.#line = line;
	}

	#opened(line: Line): void {
		if (line !== this.#line) {
			line.close();
			return;
		}
		this.#isOpen = true;
		this.#handlers.opened(line);
	}

	#lost(): void {
		const arrived = this.#arrived;
		this.#line = null;
		this.#arrived = false;
		this.#attempt += 1;
		this.#handlers.lost(this.#attempt, arrived);
		if (this.#over) return;
		const wait = this.#waitMs ?? retryDelay(this.#attempt, this.#way.random());
		this.#waitMs = null;
		this.#retry = this.#way.clock.after(wait, () => void this.#tryAgain());
	}

	async #tryAgain(): Promise<void> {
		this.#retry?.cancel();
		this.#retry = null;
		const reachable = await this.#way.reachable();
		if (this.#over || this.#line) return;
		if (reachable) this.#dial();
		else this.#lost();
	}
}
