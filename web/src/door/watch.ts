/** Watching the doors of an account, over as many connections as it takes. */
import type { Answer, Line } from "../connection/line";
import { afterRefusedJoin } from "../connection/policy";
import { Redial, type Way } from "../connection/redial";
import type { Command, DoorsWatched, Event, KnocksChanged } from "../protocol/generated";

export interface WatchOptions extends Way {
	readonly handlers: {
		heard(event: DoorsWatched | KnocksChanged): void;
		/** Lost after having watched; it is being made anew. */
		lost(): void;
		/** For good: not signed in any more. */
		ended(): void;
	};
}

export class Watch {
	readonly #options: WatchOptions;
	readonly #redial: Redial;

	constructor(options: WatchOptions) {
		this.#options = options;
		this.#redial = new Redial(options, {
			opened: (line) => void this.#watch(line),
			heard: (event) => this.#heard(event),
			lost: (_, arrived) => {
				if (arrived) this.#options.handlers.lost();
			},
		});
	}

	/** Again after `stop` as well. */
	start(): void {
		this.#redial.start();
	}

	/** Without a word to the handlers. */
	stop(): void {
		this.#redial.close();
	}

	get online(): boolean {
		return this.#redial.arrivedLine !== null;
	}

	/** The answer; null when there is no connection or it was lost before the answer came. */
	request(command: Command): Promise<Answer | null> {
		return this.#redial.arrivedLine?.request(command) ?? Promise.resolve(null);
	}

	/** The network came back, or the page became visible: do not wait any longer. */
	wake(): void {
		this.#redial.wake();
	}

	async #watch(line: Line): Promise<void> {
		const answer = await line.request({ type: "Watch" });
		if (line !== this.#redial.line || answer?.type !== "Refused") return;
		const next = afterRefusedJoin(answer.refusal, true);
		if (next.step === "again") this.#redial.again(next.afterMs);
		else this.#end();
	}

	#heard(event: Event): void {
		if (event.type === "Ended") this.#endedByServer(event.retry);
		else if (event.type === "DoorsWatched") this.#watched(event);
		else if (event.type === "KnocksChanged" && this.online) this.#options.handlers.heard(event);
	}

	#watched(event: DoorsWatched): void {
		this.#redial.arrived();
		this.#redial.line?.keepAlive();
		this.#options.handlers.heard(event);
	}

	#endedByServer(retry: boolean): void {
		// A refused Watch ends like this too; its own answer says what to do.
		if (!this.online) return;
		if (retry) this.#redial.again();
		else this.#end();
	}

	#end(): void {
		this.#redial.close();
		this.#options.handlers.ended();
	}
}
