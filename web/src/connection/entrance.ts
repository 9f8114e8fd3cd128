/** Standing before a door over as many connections as it takes, with the place one has in the lobby. */
import type {
	DoorSeen,
	Ended,
	Event,
	Knock,
	KnockSeen,
	Look,
	Refusal,
} from "../protocol/generated";
import type { Line } from "./line";
import { afterRefusedLook, LONGEST_RETRY_MS, type Stale } from "./policy";
import { Redial, type Way } from "./redial";

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

export interface EntranceOptions extends Way {
	/** Made anew for every try: the place and the keys change. */
	readonly look: () => Omit<Look, "type" | "ref">;
	readonly handlers: EntranceHandlers;
}

export type Words = Omit<Knock, "type" | "ref">;

export class Entrance {
	readonly #options: EntranceOptions;
	readonly #redial: Redial;
	/** What the person asked and the server has not answered yet. */
	#words: Words | null = null;
	#stopping = false;

	constructor(options: EntranceOptions) {
		this.#options = options;
		this.#redial = new Redial(options, {
			opened: (line) => void this.#look(line),
			heard: (event) => this.#heard(event),
			lost: (attempt) => this.#options.handlers.lost(attempt),
		});
	}

	start(): void {
		this.#redial.start();
	}

	/** Closed, or given up. */
	get isOver(): boolean {
		return this.#redial.isOver;
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
		this.#redial.wake();
	}

	/** Go away from the door; a place in the lobby is kept for a while. */
	close(): void {
		this.#redial.close();
	}

	async #look(line: Line): Promise<void> {
		const look = this.#options.look();
		let knockSeen = false;
		this.#knockHeard = () => {
			knockSeen = true;
		};
		const answer = await line.request({ type: "Look", ...look });
		if (line !== this.#redial.line || answer === null) return;
		if (answer.type === "Refused") {
			this.#lookRefused(answer.refusal);
			return;
		}
		if (this.#stopping) void this.#sendStop();
		else if (this.#words) void this.#sendWords();
		// The knock that belongs to the place is told before the answer to anything asked later.
		if (!look.place || (await line.request({ type: "Ping" })) === null) return;
		if (line === this.#redial.line && !knockSeen) this.#options.handlers.stale("place");
	}

	#knockHeard = () => {};

	#heard(event: Event): void {
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
		if (!this.#redial.arrivedLine) this.#redial.line?.keepAlive();
		this.#redial.arrived();
		this.#options.handlers.door(event);
	}

	async #sendWords(): Promise<void> {
		const words = this.#words;
		const line = this.#redial.arrivedLine;
		if (words === null || line === null) return;
		const answer = await line.request({ type: "Knock", ...words });
		// Lost: it is said again over the next connection.
		if (answer === null || this.#words !== words) return;
		this.#words = null;
		if (answer.type === "Refused") this.#options.handlers.refused(answer.refusal);
	}

	async #sendStop(): Promise<void> {
		const answer = await (this.#redial.arrivedLine?.request({ type: "StopKnocking" }) ?? null);
		if (answer === null || !this.#stopping) return;
		this.#stopping = false;
		this.#options.handlers.stopped();
	}

	#lookRefused(refusal: Refusal): void {
		const next = afterRefusedLook(refusal);
		if (next.step === "give up") {
			this.close();
			this.#options.handlers.refused(refusal);
			return;
		}
		if (next.step !== "again") this.#options.handlers.stale(next.without);
		this.#redial.again(next.step === "again" ? next.afterMs : null);
	}

	#ended(ended: Ended): void {
		if (ended.why === "came back elsewhere") {
			this.close();
			this.#options.handlers.takenOver();
			return;
		}
		// A refused Look ends like this too; its own answer says what to do.
		if (ended.why === "refused") return;
		this.#redial.again(ended.retry ? null : LONGEST_RETRY_MS);
	}
}
