/** What people see of the keys and frames of a meeting, kept up to date as they change. */
import { signal } from "@preact/signals";
import type { Clock, Timer } from "../core/clock";
import type { GroupKeys } from "../e2ee/group_keys";
import type { FromWorker } from "../e2ee/worker_messages";
import type { Participant } from "../protocol/generated";
import {
	type Encryption,
	type InTheKeys,
	NOTHING_ENCRYPTED,
	withCode,
	withComparison,
	withPeople,
} from "../state/encryption";
import { Acquaintances } from "./acquaintances";

/** For so long nobody marks a code that has just become another one. */
const SETTLE_MS = 2_000;

export class ShownEncryption {
	readonly state = signal<Encryption>(NOTHING_ENCRYPTED);
	readonly #clock: Clock;
	readonly #met: Acquaintances;
	/** Names of everybody who was here, for what is said of them afterwards. */
	readonly #names = new Map<string, string>();
	#keys: GroupKeys | null = null;
	/** How often the code was asked for: the keys may change while it is being made. */
	#codes = 0;
	#settling: Timer | null = null;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#met = new Acquaintances(clock);
	}

	called(participants: readonly Participant[]): void {
		for (const { id, name } of participants) this.#names.set(id, name);
	}

	impossible(): void {
		this.state.value = { ...NOTHING_ENCRYPTED, possible: false };
	}

	keyless(found: ReadonlySet<string>): void {
		this.state.value = { ...this.state.value, keyless: found };
	}

	/** What the worker counted. */
	counted({ received }: FromWorker): void {
		const all = Object.entries(received);
		const opened = all.filter(([, counts]) => counts.opened > 0);
		const behind = all.filter(([, counts]) => counts.behind);
		this.#arrives(idsOf(opened), idsOf(behind));
	}

	/** Nothing of theirs is opened any more. */
	forgotten(participant: string): void {
		const { opened, behind } = this.state.value;
		this.#arrives(without(opened, participant), without(behind, participant));
	}

	#arrives(opened: ReadonlySet<string>, behind: ReadonlySet<string>): void {
		const before = this.state.value;
		if (isSame(opened, before.opened) && isSame(behind, before.behind)) return;
		this.state.value = { ...before, opened, behind };
	}

	/** People or keys of this meeting changed. */
	changed(keys: GroupKeys): void {
		this.#keys = keys;
		const untrue = keys.refused().map(({ participant }) => participant);
		const name = (id: string) => this.#names.get(id) ?? id;
		const holders = keys.holders();
		const people = holders.map((one) => this.#met.recognised(one, name(one.participant)));
		this.state.value = withPeople(this.state.value, people, untrue, this.#clock.now());
		this.#met.meet(people);
		this.#codes += 1;
		const asked = this.#codes;
		void keys.safetyCode().then((code) => {
			if (asked === this.#codes) this.#show(code, people);
		});
	}

	/** `code`: as it was shown when the person pressed. Nothing happens when it is another by now. */
	markCompared(code: string): void {
		const before = this.state.value;
		this.state.value = withComparison(before, code, this.#clock.now());
		if (this.state.value === before) return;
		this.#met.accept(before.codeOf);
		if (this.#keys) this.changed(this.#keys);
	}

	stop(): void {
		this.#keys = null;
		this.#codes += 1;
		this.#settling?.cancel();
		this.state.value = NOTHING_ENCRYPTED;
	}

	#show(code: string | null, people: readonly InTheKeys[]): void {
		const before = this.state.value.code;
		this.state.value = withCode(this.state.value, code, people);
		if (code === before || !this.state.value.settling) return;
		this.#settling?.cancel();
		this.#settling = this.#clock.after(SETTLE_MS, () => {
			this.state.value = { ...this.state.value, settling: false };
		});
	}
}

function idsOf(received: readonly (readonly [string, unknown])[]): ReadonlySet<string> {
	return new Set(received.map(([participant]) => participant));
}

function without(all: ReadonlySet<string>, one: string): ReadonlySet<string> {
	return new Set([...all].filter((participant) => participant !== one));
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
	return one.size === other.size && [...one].every((participant) => other.has(participant));
}
