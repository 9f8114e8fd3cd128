/** The relay connections while they are needed: their code is loaded when they first are. */
import type { Timer } from "../../core/clock";
import type { RelayOffered } from "../../protocol/generated";
import type { Slot } from "../slots";
import type { Relay, RelayOptions } from "./relay";

export interface OnDemandOptions extends RelayOptions {
	load(): Promise<{ readonly Relay: new (options: RelayOptions) => Relay }>;
	/** The server has to be told what the page shows: it does not know, or may have forgotten. */
	began(): void;
}

/** When it could not be loaded. */
const AGAIN_MS = 3_000;

export class RelayOnDemand {
	readonly #options: OnDemandOptions;
	#wanted: ReadonlySet<string> = new Set();
	#relay: Relay | null = null;
	#loading = false;
	/** Heard before the code was there. */
	#offered: RelayOffered | null = null;
	#replaces = false;
	#again: Timer | null = null;

	constructor(options: OnDemandOptions) {
		this.#options = options;
	}

	/** Whose media is to go through the relay; nobody's: both connections end. */
	keep(participants: ReadonlySet<string>): void {
		this.#wanted = participants;
		if (participants.size === 0) this.close();
		else if (this.#relay) this.#relay.keep(participants);
		else void this.#begin();
	}

	setTrack(slot: Slot, track: MediaStreamTrack | null): void {
		this.#relay?.setTrack(slot, track);
	}

	hear(offered: RelayOffered): void {
		if (this.#relay) this.#relay.hear(offered);
		else this.#offered = offered;
	}

	/** After a Welcome. `received`: the server believes that this page receives from it already. */
	resume(received: boolean): void {
		if (this.#relay === null) this.#replaces = received;
		else {
			this.#relay.resume();
			this.#options.began();
		}
	}

	networkChanged(): void {
		this.#relay?.networkChanged();
	}

	retry(): void {
		this.#relay?.retry();
	}

	close(): void {
		this.#wanted = new Set();
		this.#again?.cancel();
		this.#again = null;
		this.#relay?.close();
		this.#relay = null;
		this.#offered = null;
		this.#replaces = false;
	}

	async #begin(): Promise<void> {
		if (this.#loading || this.#again !== null) return;
		this.#loading = true;
		const loaded = await this.#options.load().catch(() => null);
		this.#loading = false;
		if (this.#wanted.size === 0) return;
		if (loaded === null) this.#beginLater();
		else this.#start(new loaded.Relay(this.#options));
	}

	/** The server may be restarting. */
	#beginLater(): void {
		this.#again = this.#options.clock.after(AGAIN_MS, () => {
			this.#again = null;
			void this.#begin();
		});
	}

	#start(relay: Relay): void {
		this.#relay = relay;
		this.#options.began();
		relay.keep(this.#wanted);
		if (this.#offered) relay.hear(this.#offered);
		if (this.#replaces) relay.replace();
		this.#offered = null;
		this.#replaces = false;
	}
}
