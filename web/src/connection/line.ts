/** One WebSocket, from opening to the end: numbers commands, matches answers, notices when it is dead. */
import type { Clock, Timer } from "../core/clock";
import { decodeEvent, encodeCommand } from "../protocol/codec";
import type { Command, Event } from "../protocol/generated";

/** What a Line uses of a WebSocket. */
export interface Socket {
	readonly readyState: number;
	readonly bufferedAmount: number;
	onopen: ((event: never) => void) | null;
	onmessage: ((event: { readonly data: unknown }) => void) | null;
	onclose: ((event: never) => void) | null;
	onerror: ((event: never) => void) | null;
	send(data: string): void;
	close(): void;
}

/** Events that answer a command. The same ones with ref 0 tell that something changed by itself. */
export type Answer = Extract<Event, { readonly ref: number }>;

export interface LineHandlers {
	opened(): void;
	heard(event: Event): void;
	/** Once: closed by either side, or given up. */
	lost(): void;
}

const PING_EVERY_MS = 10_000;
const PING_DEADLINE_MS = 5_000;
/** A server that does not take this much any more, in bytes, is as good as gone. */
const MOST_BUFFERED = 1024 * 1024;
const MOST_WAITING = 512;
const OPEN = 1;

export class Line {
	readonly #socket: Socket;
	readonly #clock: Clock;
	readonly #handlers: LineHandlers;
	readonly #waiting = new Map<number, (answer: Answer | null) => void>();
	#nextRef = 1;
	#timer: Timer | null = null;
	#ended = false;
	#lastHeard = 0;

	constructor(socket: Socket, clock: Clock, handlers: LineHandlers, openWithinMs: number) {
		this.#socket = socket;
		this.#clock = clock;
		this.#handlers = handlers;
		socket.onopen = () => handlers.opened();
		socket.onmessage = (event) => this.#hear(event.data);
		socket.onclose = () => this.close();
		socket.onerror = () => this.close();
		this.#timer = clock.after(openWithinMs, () => this.close());
	}

	/** The answer; null when the connection was lost before it came. */
	request(command: Command): Promise<Answer | null> {
		if (this.#waiting.size >= MOST_WAITING) return Promise.resolve(null);
		const ref = this.#nextRef++;
		return new Promise((resolve) => {
			this.#waiting.set(ref, resolve);
			this.#send({ ...command, ref });
		});
	}

	/** For what needs no answer. */
	tell(command: Command): void {
		this.#send({ ...command, ref: this.#nextRef++ });
	}

	/** From the Welcome on: ask every 10 s whether the server is there. */
	keepAlive(): void {
		this.#rearm(PING_EVERY_MS, () => this.probe());
	}

	/** Ask now; whatever the server says within the deadline counts as an answer. */
	probe(deadlineMs = PING_DEADLINE_MS): void {
		if (this.#ended) return;
		const asked = this.#clock.now();
		this.#lastHeard = Number.NEGATIVE_INFINITY;
		this.tell({ type: "Ping" });
		this.#rearm(deadlineMs, () => {
			if (this.#lastHeard < asked) this.close();
			else this.#rearm(Math.max(0, PING_EVERY_MS - deadlineMs), () => this.probe());
		});
	}

	close(): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#timer?.cancel();
		this.#socket.onopen = null;
		this.#socket.onmessage = null;
		this.#socket.onclose = null;
		this.#socket.onerror = null;
		this.#socket.close();
		for (const resolve of this.#waiting.values()) resolve(null);
		this.#waiting.clear();
		this.#handlers.lost();
	}

	#rearm(ms: number, run: () => void): void {
		this.#timer?.cancel();
		if (!this.#ended) this.#timer = this.#clock.after(ms, run);
	}

	#send(command: Command): void {
		if (this.#ended || this.#socket.readyState !== OPEN) return;
		if (this.#socket.bufferedAmount > MOST_BUFFERED) {
			this.close();
			return;
		}
		this.#socket.send(encodeCommand(command));
	}

	#hear(data: unknown): void {
		this.#lastHeard = this.#clock.now();
		const decoded = decodeEvent(data);
		if (decoded.kind !== "event") return;
		// State first, so that whoever waits for the answer sees what it changed.
		this.#handlers.heard(decoded.event);
		this.#answer(decoded.event);
	}

	#answer(event: Event): void {
		if (!("ref" in event)) return;
		const resolve = this.#waiting.get(event.ref);
		this.#waiting.delete(event.ref);
		resolve?.(event);
	}
}
