/** Whom this browser met before, by the devices that vouch for their keys. */
import type { Clock } from "../core/clock";
import type { KeyHolder } from "../e2ee/group_keys";
import { recognise } from "../state/devices";
import type { InTheKeys } from "../state/encryption";
import { readMet, withMet, writeMet } from "./met_devices";

export class Acquaintances {
	readonly #clock: Clock;
	/** As it was when this page was loaded: who is new here stays so for as long as one meets. */
	#met = readMet();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	recognised(holder: KeyHolder, name: string): InTheKeys {
		return { ...holder, name, recognised: recognise(this.#met, name, holder.device) };
	}

	/** Somebody under a name that was another device's is met only once the code was compared. */
	meet(people: readonly InTheKeys[]): void {
		const before = readMet();
		const now = people.reduce(
			(known, { you, device, name, recognised }) =>
				you || device === null || recognised === "other"
					? known
					: withMet(known, device, name, this.#clock),
			before,
		);
		if (now !== before) writeMet(now);
	}

	/** The code was compared with these people: their devices are theirs. */
	accept(people: readonly InTheKeys[]): void {
		for (const { recognised, device, name } of people) {
			if (recognised === "other" && device !== null)
				this.#met = withMet(this.#met, device, name, this.#clock);
		}
		this.meet(people.map((one) => ({ ...one, recognised: "same" })));
	}
}
