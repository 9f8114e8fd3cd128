/** Being in a meeting over as many connections as it takes. */
import type { Command, Ended, Event, Join, Refusal, Welcome } from "../protocol/generated";
import type { Answer, Line } from "./line";
import { Outbox } from "./outbox";
import { afterRefusedJoin, FIRST_JOIN_TRIES } from "./policy";
import { Redial, type Way } from "./redial";

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

export interface SessionOptions extends Way {
	/** Made anew for every try: the name and the devices may have changed. */
	readonly join: () => Omit<Join, "ref" | "wayBack">;
	/** From the visit before this one. */
	readonly wayBack: string | null;
	readonly handlers: SessionHandlers;
}

export class Session {
	readonly #options: SessionOptions;
	readonly #redial: Redial;
	readonly #outbox = new Outbox();
	#wasIn = false;
	#wayBack: string | null;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.#wayBack = options.wayBack;
		this.#redial = new Redial(options, {
			opened: (line) => void this.#join(line),
			heard: (event) => this.#heard(event),
			lost: (attempt) => this.#lost(attempt),
		});
	}

	start(): void {
		this.#redial.start();
	}

	/** The answer; null when there is no connection or it was lost before the answer came. */
	request(command: Command): Promise<Answer | null> {
		return this.#redial.arrivedLine?.request(command) ?? Promise.resolve(null);
	}

	/** What cannot be sent now is kept where that makes sense, and dropped otherwise. */
	tell(command: Command): void {
		const line = this.#redial.arrivedLine;
		if (line) line.tell(command);
		else this.#outbox.keep(command);
	}

	get online(): boolean {
		return this.#redial.arrivedLine !== null;
	}

	/** The network came back, or the page became visible: do not wait any longer. */
	wake(): void {
		this.#redial.wake();
	}

	/** Leave for good. */
	leave(): void {
		this.#redial.arrivedLine?.tell({ type: "Leave" });
		this.#redial.close();
		this.#options.handlers.ended("left");
	}

	async #join(line: Line): Promise<void> {
		const answer = await line.request({ ...this.#options.join(), wayBack: this.#wayBack });
		if (line === this.#redial.line && answer?.type === "Refused") this.#refused(answer.refusal);
	}

	#heard(event: Event): void {
		if (event.type === "Ended") this.#endedByServer(event);
		else if (event.type === "Welcome") this.#welcome(event);
		else this.#options.handlers.heard(event);
	}

	#welcome(welcome: Welcome): void {
		this.#redial.arrived();
		this.#wasIn = true;
		this.#wayBack = welcome.wayBack;
		// The server hears that it arrived: what was shown for it, an admission perhaps, is over then.
		this.#redial.line?.probe();
		this.#options.handlers.heard(welcome);
		for (const command of this.#outbox.take()) this.#redial.line?.tell(command);
		this.#options.handlers.welcomed(welcome);
	}

	#refused(refusal: Refusal): void {
		const next = afterRefusedJoin(refusal, this.#wasIn);
		if (next.step === "give up") {
			this.#redial.close();
			this.#options.handlers.refused(refusal);
			return;
		}
		if (next.step === "anew") this.#wayBack = null;
		this.#redial.again(next.step === "again" ? next.afterMs : null);
	}

	#endedByServer(ended: Ended): void {
		// A refused Join ends like this too; its own answer says what to do.
		if (!this.online) return;
		if (ended.retry) {
			this.#redial.again();
			return;
		}
		this.#redial.close();
		this.#options.handlers.ended(ended.why);
	}

	#lost(attempt: number): void {
		if (this.#wasIn) {
			this.#options.handlers.lost(attempt);
		} else if (attempt >= FIRST_JOIN_TRIES) {
			this.#redial.close();
			this.#options.handlers.unanswered();
		}
	}
}
