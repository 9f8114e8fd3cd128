/** Being in a meeting over as many connections as it takes. */
import type { Clock, Timer } from "../core/clock";
import type { Command, Ended, Event, Join, Refusal, Welcome } from "../protocol/generated";
import { type Answer, Line, type Socket } from "./line";
import { Outbox } from "./outbox";
import { afterRefusedJoin, FIRST_JOIN_TRIES, retryDelay } from "./policy";

interface SessionHandlers {
	/** Everything the server says, in order, Welcome included. */
	heard(event: Event): void;
	/** After each Welcome was heard: what has to be said anew can be said now. */
	welcomed(welcome: Welcome): void;
	/** Lost after having been in. `attempt` counts the tries to come back, from 1. */
	lost(attempt: number): void;
	/** The server could not be reached for the first joining. */
	unanswered(): void;
	refused(refusal: Refusal): void;
	/** `why`: of the server's last word; "left" when the person left. */
	ended(why: Ended["why"]): void;
}

export interface SessionOptions {
	readonly openSocket: () => Socket;
	/**
	 * Whether the server answers at all; asked before trying to come back. Firefox delays WebSockets to a
	 * server that refused several, up to a minute, and would still wait long after the server is back.
	 */
	readonly reachable: () => Promise<boolean>;
	readonly clock: Clock;
	readonly random: () => number;
	/** Made anew for every try: the name and the devices may have changed. */
	readonly join: () => Omit<Join, "ref" | "wayBack">;
	/** From the visit before this one. */
	readonly wayBack: string | null;
	readonly handlers: SessionHandlers;
}

/** From opening the socket to Welcome. */
const JOIN_WITHIN_MS = 8_000;
/** After waking up: a connection that is dead should be noticed before the person notices. */
const WAKE_DEADLINE_MS = 2_000;

export class Session {
	readonly #options: SessionOptions;
	readonly #outbox = new Outbox();
	#line: Line | null = null;
	#retry: Timer | null = null;
	#attempt = 0;
	#joined = false;
	#wasIn = false;
	#over = false;
	#wayBack: string | null;
	/** When the server said how long to wait. */
	#waitMs: number | null = null;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.#wayBack = options.wayBack;
	}

	start(): void {
		this.#dial();
	}

	/** The answer; null when there is no connection or it was lost before the answer came. */
	request(command: Command): Promise<Answer | null> {
		return this.#joined && this.#line ? this.#line.request(command) : Promise.resolve(null);
	}

	/** What cannot be sent now is kept where that makes sense, and dropped otherwise. */
	tell(command: Command): void {
		if (this.#joined && this.#line) this.#line.tell(command);
		else this.#outbox.keep(command);
	}

	get online(): boolean {
		return this.#joined;
	}

	/** The network came back, or the page became visible: do not wait any longer. */
	wake(): void {
		if (this.#over) return;
		if (this.#joined) this.#line?.probe(WAKE_DEADLINE_MS);
		else if (this.#retry !== null) void this.#tryAgain();
	}

	/** Leave for good. */
	leave(): void {
		if (this.#joined) this.#line?.tell({ type: "Leave" });
		this.#finish();
		this.#options.handlers.ended("left");
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
				opened: () => void this.#join(line),
				heard: (event) => this.#heard(event),
				lost: () => this.#lost(),
			},
			JOIN_WITHIN_MS,
		);
		this.#line = line;
	}

	async #join(line: Line): Promise<void> {
		const answer = await line.request({ ...this.#options.join(), wayBack: this.#wayBack });
		if (line !== this.#line || this.#over || answer?.type !== "Refused") return;
		this.#joinRefused(answer.refusal);
	}

	#heard(event: Event): void {
		if (this.#over) return;
		if (event.type === "Ended") {
			this.#endedByServer(event);
			return;
		}
		if (event.type === "Welcome") this.#welcome(event);
		else this.#options.handlers.heard(event);
	}

	#welcome(welcome: Welcome): void {
		this.#joined = true;
		this.#wasIn = true;
		this.#attempt = 0;
		this.#wayBack = welcome.wayBack;
		// The server hears that it arrived: what was shown for it, an admission perhaps, is over then.
		this.#line?.probe();
		this.#options.handlers.heard(welcome);
		for (const command of this.#outbox.take()) this.#line?.tell(command);
		this.#options.handlers.welcomed(welcome);
	}

	#joinRefused(refusal: Refusal): void {
		const next = afterRefusedJoin(refusal, this.#wasIn);
		if (next.step === "give up") {
			this.#finish();
			this.#options.handlers.refused(refusal);
			return;
		}
		if (next.step === "anew") this.#wayBack = null;
		else this.#waitMs = next.afterMs;
		this.#line?.close();
	}

	#endedByServer(ended: Ended): void {
		// A refused Join ends like this too; its own answer says what to do.
		if (!this.#joined) return;
		if (ended.retry) {
			this.#line?.close();
			return;
		}
		this.#finish();
		this.#options.handlers.ended(ended.why);
	}

	#lost(): void {
		if (this.#over) return;
		this.#joined = false;
		this.#line = null;
		this.#attempt += 1;
		if (!this.#wasIn && this.#attempt >= FIRST_JOIN_TRIES) {
			this.#finish();
			this.#options.handlers.unanswered();
			return;
		}
		if (this.#wasIn) this.#options.handlers.lost(this.#attempt);
		const wait = this.#waitMs ?? retryDelay(this.#attempt, this.#options.random());
		this.#waitMs = null;
		this.#retry = this.#options.clock.after(wait, () => void this.#tryAgain());
	}

	#finish(): void {
		this.#over = true;
		this.#joined = false;
		this.#retry?.cancel();
		this.#line?.close();
		this.#line = null;
	}
}
