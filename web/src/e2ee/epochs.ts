/** Own keys, from the one that is in use to the newest one that is being given to the others. */
import type { Timer } from "../core/clock";
import type { Bytes } from "./bytes";

export interface Epoch {
	readonly number: number;
	readonly baseKey: Bytes;
	/** Of the people whom it was made for. */
	readonly rosterHash: string;
	readonly recipients: ReadonlySet<string>;
	/** Members who have not proved that they have it. */
	readonly waiting: Set<string>;
	/** Members who have. */
	readonly proven: Set<string>;
	/** When it is used though not everybody has. */
	readonly timer: Timer;
	/** May be used. */
	ripe: boolean;
}

export class Epochs {
	#epochs: Epoch[] = [];

	get newest(): Epoch | undefined {
		return this.#epochs.at(-1);
	}

	/** Whether this member has a key that is in use or will be. */
	has(participant: string): boolean {
		return this.#epochs.some(({ proven }) => proven.has(participant));
	}

	add(epoch: Epoch): void {
		this.#epochs.push(epoch);
	}

	/** What this member may still acknowledge under that number. */
	open(participant: string, number: number): Epoch | undefined {
		return this.#epochs.find(
			(one) =>
				one.number === number && one.recipients.has(participant) && !one.proven.has(participant),
		);
	}

	/** This member has proved it. */
	acknowledged(participant: string, epoch: Epoch): void {
		epoch.proven.add(participant);
		settle(epoch, participant);
	}

	/** Nobody waits for somebody who is gone, nor is what they proved of any worth when they come back. */
	left(participant: string): void {
		for (const epoch of this.#epochs) {
			epoch.proven.delete(participant);
			settle(epoch, participant);
		}
	}

	/** The newest that may be used; those before it are over. */
	takeRipe(): Epoch | undefined {
		const ripe = this.#epochs.findLast((one) => one.ripe);
		if (ripe) this.#drop((one) => one.number < ripe.number);
		return ripe;
	}

	/** `except`: the one in use, where it stays. */
	clear(except: Epoch | null = null): void {
		this.#drop((one) => one !== except);
	}

	#drop(isOver: (epoch: Epoch) => boolean): void {
		for (const epoch of this.#epochs) if (isOver(epoch)) epoch.timer.cancel();
		this.#epochs = this.#epochs.filter((epoch) => !isOver(epoch));
	}
}

function settle(epoch: Epoch, participant: string): void {
	if (epoch.waiting.delete(participant) && epoch.waiting.size === 0) epoch.ripe = true;
}
