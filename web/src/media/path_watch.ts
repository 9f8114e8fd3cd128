/** Notices when a connection is lost, long before Chromium says so (15 s), and says when to heal it. */
import type { Clock, Timer } from "../core/clock";
import type { PathChanged } from "../protocol/generated";

export type PathState = PathChanged["state"];

/** A path that worked counts as failed after this long without a connection, in milliseconds. */
const LOST_FAILS_AFTER_MS = 4_000;
/** One that never worked gets longer: candidates have to be found and tried. */
const NEW_FAILS_AFTER_MS = 4_000;
/** Waits before the first, second, ... try to heal; the last one repeats. */
const HEAL_AFTER_MS = [1_000, 4_000, 8_000, 15_000] as const;
/** The polite side lets the other one go first, so that offers rarely meet. */
const POLITE_WAITS_MS = 2_000;

export interface WatchHandlers {
	/** The state changed. */
	changed(state: PathState): void;
	/** Try to get the path back; `attempt` counts from 1 since it was lost. */
	heal(attempt: number): void;
}

export class PathWatch {
	state: PathState = "connecting";
	readonly #clock: Clock;
	readonly #handlers: WatchHandlers;
	readonly #politeWait: number;
	#failing: Timer | null = null;
	#healing: Timer | null = null;
	#attempt = 0;
	#connected = false;

	constructor(clock: Clock, impolite: boolean, handlers: WatchHandlers) {
		this.#clock = clock;
		this.#handlers = handlers;
		this.#politeWait = impolite ? 0 : POLITE_WAITS_MS;
	}

	/** A new path, or one that a person asked to try again. */
	start(): void {
		this.stop();
		this.#attempt = 0;
		this.#connected = false;
		this.state = "connecting";
		this.#handlers.changed("connecting");
		this.#failing = this.#clock.after(NEW_FAILS_AFTER_MS, () => {
			this.#fail();
			this.#healLater();
		});
	}

	/** The `connectionState` of the connection that carries the path now. */
	saw(connectionState: RTCPeerConnectionState): void {
		// Firefox goes back to "connecting" while it restarts ICE.
		if (connectionState === "connected") this.#works();
		else this.#lost();
	}

	/** Nothing arrives any more, whatever the connection says, for as long as it takes to call it failed. */
	silent(): void {
		if (!this.#connected) return;
		this.#connected = false;
		this.stop();
		this.#fail();
		this.#healLater();
	}

	stop(): void {
		this.#failing?.cancel();
		this.#healing?.cancel();
		this.#failing = null;
		this.#healing = null;
	}

	#works(): void {
		this.stop();
		this.#attempt = 0;
		this.#connected = true;
		this.#become("connected");
	}

	#lost(): void {
		if (!this.#connected) return;
		this.#connected = false;
		this.#failing = this.#clock.after(LOST_FAILS_AFTER_MS, () => this.#fail());
		this.#healLater();
	}

	#fail(): void {
		this.#failing = null;
		this.#become("failed");
	}

	#healLater(): void {
		const wait = HEAL_AFTER_MS[Math.min(this.#attempt, HEAL_AFTER_MS.length - 1)] ?? 0;
		this.#attempt += 1;
		this.#healing?.cancel();
		this.#healing = this.#clock.after(wait + this.#politeWait, () => {
			this.#handlers.heal(this.#attempt);
			this.#healLater();
		});
	}

	#become(state: PathState): void {
		if (this.state === state) return;
		this.state = state;
		this.#handlers.changed(state);
	}
}
