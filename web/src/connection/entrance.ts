/** Standing before a door over as many connections as it takes, with the place one has in the lobby. */
import type { Clock, Timer } from "../core/clock";
import type {
	DoorSeen,
	Ended,
	Event,
	Knock,
	KnockSeen,
	Look,
	Refusal,
} from "../protocol/generated";
import { Line, type Socket } from "./line";
import { afterRefusedLook, LONGEST_RETRY_MS, retryDelay, type Stale } from "./policy";

interface EntranceHandlers {
	door(event: DoorSeen): void;
	knock(event: KnockSeen): void;
	/** No connection; trying again. `attempt` counts from 1. */
	lost(attempt: number): void;
	/** The knock was refused, or the door cannot be looked at. */
	refused(refusal: Refusal): void;
	/** The server does not accept this any more. */
	stale(what: Stale): void;
	/** The server knows that one does not knock any more. */
	stopped(): void;
	/** Another tab came with the same place. */
	takenOver(): void;
}

export interface EntranceOptions {
	readonly openSocket: () => Socket;
	/** Asked before every try but the first; see `SessionOptions`. */
	readonly reachable: () => Promise<boolean>;
	readonly clock: Clock;
	readonly random: () => number;
	/** Made anew for every try: the place and the keys change. */
	readonly look: () => Omit<Look, "type" | "ref">;
	readonly handlers: EntranceHandlers;
}

export type Words = Omit<Knock, "type" | "ref">;

/** From opening the socket to the first sight of the door. */
const LOOK_WITHIN_MS = 8_000;
const WAKE_DEADLINE_MS = 2_000;

export class Entrance {
	readonly #options: EntranceOptions;
	#line: Line | null = null;
	#retry: Timer | null = null;
	#attempt = 0;
	#waitMs: number | null = null;
	#isOpen = false;
	#seen = false;
	#over = false;
	/** What the person asked and the server has not answered yet. */
	#words: Words | null = null;
	#stopping = false;

	constructor(options: EntranceOptions) {
		this.#options = options;
	}

	start(): void {
		this.#dial();
	}

	/** Closed, or given up. */
	get isOver(): boolean {
		return this.#over;
	}

	/** Knock, or change what the knock says; once the server is there, if it is not now. */
	knock(words: Words): void {
		this.#words = words;
		this.#stopping = false;
		void this.#sendWords();
	}

	/** Give the place up. */
	stopKnocking(): void {
		this.#words = null;
		this.#stopping = true;
		void this.#sendStop();
	}

	/** The network came back, or the page became visible: do not wait any longer. */
	wake(): void {
		if (this.#over) return;
		if (this.#seen) this.#line?.probe(WAKE_DEADLINE_MS);
		else if (this.#retry !== null) void this.#tryAgain();
	}

	/** Go away from the door; a place in the lobby is kept for a while. */
	close(): void {
		this.#over = true;
		this.#retry?.cancel();
		// Browsers complain about a socket that is closed before it opened: it goes when it has.
		if (this.#isOpen) this.#line?.close();
		this.#line = null;
	}

	async #tryAgain(): Promise<void> {
		this.#retry?.cancel();
		this.#retry = null;
		const reachable = await this.#options.reachable();
		if (this.#over) return;
		if (reachable) this.#dial();
		else this.#lost();
	}

	#dial(): void {
		const line: Line = new Line(
			this.#options.openSocket(),
			this.#options.clock,
			{
				opened: () => this.#opened(line),
				heard: (event) => this.#heard(event),
				lost: () => this.#lost(),
			},
			LOOK_WITHIN_MS,
		);
		this.#line = line;
	}

	#opened(line: Line): void {
		this.#isOpen = true;
		if (this.#over) line.close();
		else void this.#look(line);
	}

	async #look(line: Line): Promise<void> {
		const look = this.#options.look();
		let knockSeen = false;
		this.#knockHeard = () => {
			knockSeen = true;
		};
		const answer = await line.request({ type: "Look", ...look });
		if (line !== this.#line || answer === null) return;
		if (answer.type === "Refused") {
			this.#lookRefused(answer.refusal, line);
			return;
		}
		if (this.#stopping) void this.#sendStop();
		else if (this.#words) void this.#sendWords();
		// The knock that belongs to the place is told before the answer to anything asked later.
		if (!look.place || (await line.request({ type: "Ping" })) === null) return;
		if (line === this.#line && !knockSeen) this.#options.handlers.stale("place");
	}

	#knockHeard = () => {};

	#heard(event: Event): void {
		if (this.#over) return;
		switch (event.type) {
			case "DoorSeen":
				this.#doorSeen(event);
				return;
			case "KnockSeen":
				this.#knockHeard();
				if (!this.#stopping) this.#options.handlers.knock(event);
				return;
			case "Ended":
				this.#ended(event);
				return;
		}
	}

	#doorSeen(event: DoorSeen): void {
		if (!this.#seen) this.#line?.keepAlive();
		this.#seen = true;
		this.#attempt = 0;
		this.#options.handlers.door(event);
	}

	async #sendWords(): Promise<void> {
		const words = this.#words;
		const line = this.#line;
		if (words === null || line === null || !this.#seen) return;
		const answer = await line.request({ type: "Knock", ...words });
		// Lost: it is said again over the next connection.
		if (answer === null || this.#words !== words) return;
		this.#words = null;
		if (answer.type === "Refused") this.#options.handlers.refused(answer.refusal);
	}

	async #sendStop(): Promise<void> {
		if (!this.#seen) return;
		const answer = await (this.#line?.request({ type: "StopKnocking" }) ?? null);
		if (answer === null || !this.#stopping) return;
		this.#stopping = false;
		this.#options.handlers.stopped();
	}

	#lookRefused(refusal: Refusal, line: Line): void {
		const next = afterRefusedLook(refusal);
		if (next.step === "give up") {
			this.close();
			this.#options.handlers.refused(refusal);
			return;
		}
		if (next.step === "again") this.#waitMs = next.afterMs;
		else this.#options.handlers.stale(next.without);
		line.close();
	}

	#ended(ended: Ended): void {
		if (ended.why === "came back elsewhere") {
			this.close();
			this.#options.handlers.takenOver();
			return;
		}
		// A refused Look ends like this too; its own answer says what to do.
		if (ended.why === "refused") return;
		if (!ended.retry) this.#waitMs = LONGEST_RETRY_MS;
		this.#line?.close();
	}

	#lost(): void {
		if (this.#over) return;
		this.#isOpen = false;
		this.#seen = false;
		this.#line = null;
		this.#attempt += 1;
		this.#options.handlers.lost(this.#attempt);
		const wait = this.#waitMs ?? retryDelay(this.#attempt, this.#options.random());
		this.#waitMs = null;
		this.#retry = this.#options.clock.after(wait, () => void this.#tryAgain());
	}
}
