/** Members of one meeting and the server between them, which can be told to lie. */
import { toBase64 } from "../../src/e2ee/bytes";
import type { Device } from "../../src/e2ee/device";
import type { SenderKey } from "../../src/e2ee/frame_keys";
import type { KeyCommand, KeyEvent } from "../../src/e2ee/group_keys";
import { type Identity, makeIdentity, vouch } from "../../src/e2ee/identity";
import { Pipes } from "../../src/e2ee/pipes";
import type { Entry } from "../../src/e2ee/roster";
import { SenderKeys } from "../../src/e2ee/sender_keys";
import type { FakeClock } from "./clock";

const FIRST_MEETING = "meeting-1";

export interface Delivery {
	readonly from: string;
	readonly to: string;
	readonly event: KeyEvent;
}

/** One page: what its worker was told, and what went wrong in it. */
export class Page {
	readonly id: string;
	readonly identity: Identity;
	readonly keys: SenderKeys;
	readonly worker: Pipes;
	using: SenderKey | null = null;
	/** Every key ever used, with the time. */
	readonly used: { readonly key: SenderKey; readonly at: number }[] = [];
	readonly opens = new Map<string, SenderKey[]>();
	/** Every key that was ever known here: what somebody who keeps all of them could open. */
	readonly everKnown: SenderKey[] = [];
	readonly failures: unknown[] = [];
	readonly sent: KeyCommand[] = [];

	constructor(
		id: string,
		identity: Identity,
		server: KeyServer,
		firstEpoch: number,
		device: Device | null,
	) {
		this.id = id;
		this.identity = identity;
		const { clock, meeting } = server;
		this.worker = new Pipes(clock);
		this.keys = new SenderKeys({
			clock,
			identity,
			device,
			meeting,
			you: id,
			firstEpoch,
			send: (command) => {
				this.sent.push(command);
				server.pass(id, command);
			},
			use: (key) => {
				this.using = key;
				void this.worker.hear({ type: "use", key });
				this.used.push({ key, at: clock.now() });
			},
			add: (participant, key) => {
				this.opens.set(participant, [...(this.opens.get(participant) ?? []), key]);
				this.everKnown.push(key);
				void this.worker.hear({ type: "add", participant, key });
			},
			forget: (participant) => {
				this.opens.delete(participant);
				void this.worker.hear({ type: "forget", participant });
			},
			changed: () => undefined,
			failed: (error) => this.failures.push(error),
		});
	}

	/** Opens what this page sends now. */
	canOpen(other: Page): boolean {
		const { using } = other;
		return using !== null && (this.opens.get(other.id) ?? []).some((key) => isSame(key, using));
	}
}

export function isSame(one: SenderKey, other: SenderKey): boolean {
	const sameName = one.leaf === other.leaf && one.epoch === other.epoch;
	return sameName && one.baseKey.toString() === other.baseKey.toString();
}

export class KeyServer {
	readonly clock: FakeClock;
	readonly meeting: string;
	readonly pages = new Map<string, Page>();
	/** Everything that went through the server. */
	readonly seen: Delivery[] = [];
	entries: Entry[] = [];
	/** What a page is told of the entries. */
	view: (viewer: string, entries: readonly Entry[]) => readonly Entry[] = (_, entries) => entries;
	/** What becomes of a message on its way. */
	deliver: (delivery: Delivery) => readonly Delivery[] = (delivery) => [delivery];
	expected: readonly string[] = [];
	#leaf = 0;
	#underway: Delivery[] = [];

	constructor(clock: FakeClock, meeting = FIRST_MEETING) {
		this.clock = clock;
		this.meeting = meeting;
	}

	/** One after the other, with time to settle. */
	async meet(...ids: readonly string[]): Promise<Page[]> {
		const pages: Page[] = [];
		for (const id of ids) {
			pages.push(await this.join(id));
			await this.elapse(2_000);
		}
		return pages;
	}

	async join(
		id: string,
		identity?: Identity,
		firstEpoch = 0,
		device: Device | null = null,
	): Promise<Page> {
		const page = new Page(id, identity ?? (await makeIdentity()), this, firstEpoch, device);
		this.pages.set(id, page);
		const entry = { participant: id, leaf: this.#leaf & 0xff, ...(await page.keys.entry()) };
		this.#leaf += 1;
		this.entries = [...this.entries.filter(({ participant }) => participant !== id), entry];
		void this.announce();
		return page;
	}

	/** Their page stays as it is, as that of somebody who keeps what they have. */
	leave(id: string): void {
		this.pages.delete(id);
		this.entries = this.entries.filter(({ participant }) => participant !== id);
		void this.announce();
	}

	announce(): Promise<unknown> {
		const told = [...this.pages.values()].map((page) =>
			page.keys.announce(this.view(page.id, this.entries), this.expected),
		);
		return Promise.all(told);
	}

	pass(from: string, command: KeyCommand): void {
		for (const delivery of deliveries(from, command)) {
			this.seen.push(delivery);
			this.#underway.push(...this.deliver(delivery));
		}
	}

	/** Until nothing is on its way. */
	async settle(): Promise<void> {
		do {
			for (const { to, event } of this.#underway.splice(0))
				void this.pages.get(to)?.keys.hear(event);
			// Announcing what is known changes nothing, and is answered when all before it was done.
			await this.announce();
		} while (this.#underway.length > 0);
	}

	async elapse(ms: number): Promise<void> {
		const STEP = 100;
		await this.settle();
		for (let left = ms; left > 0; left -= STEP) {
			await this.clock.advance(Math.min(left, STEP));
			await this.settle();
		}
	}

	/** Pairs of whom one cannot open what the other sends now. */
	deaf(): string[] {
		const pages = [...this.pages.values()];
		return pages.flatMap((one) =>
			pages
				.filter((other) => other !== one && !one.canOpen(other))
				.map((other) => `${one.id} cannot open ${other.id}`),
		);
	}

	async codes(): Promise<ReadonlySet<string | null>> {
		const pages = [...this.pages.values()];
		return new Set(await Promise.all(pages.map(({ keys }) => keys.safetyCode())));
	}

	failures(): unknown[] {
		return [...this.pages.values()].flatMap(({ failures }) => failures);
	}
}

function deliveries(from: string, command: KeyCommand): Delivery[] {
	switch (command.type) {
		case "WrapKeys":
			return command.keys.map(({ to, wrapped, signature }) => {
				const { epoch, rosterHash } = command;
				const type = "KeysWrapped" as const;
				return { from, to, event: { type, sender: from, epoch, rosterHash, wrapped, signature } };
			});
		case "AcknowledgeKey": {
			const { epoch, proof } = command;
			const event = { type: "KeyAcknowledged", sender: from, epoch, proof } as const;
			return [{ from, to: command.to, event }];
		}
		case "KeyPlease":
			return [{ from, to: command.to, event: { type: "KeyAsked", sender: from } }];
	}
}

/** What the server says of somebody with these keys. */
export async function entryOf(
	identity: Identity,
	participant: string,
	leaf: number,
	meeting = FIRST_MEETING,
): Promise<Entry> {
	return {
		participant,
		leaf,
		signKey: toBase64(identity.signKey),
		dhKey: toBase64(identity.dhKey),
		signature: toBase64(await vouch(identity, meeting, participant)),
	};
}

export function wrapped(delivery: Delivery): KeyEvent & { type: "KeysWrapped" } {
	if (delivery.event.type !== "KeysWrapped") throw new Error("not a wrapped key");
	return delivery.event;
}

export function isWrapped({ event }: Delivery): boolean {
	return event.type === "KeysWrapped";
}

/** Keys that reached a page after this moment. */
export function added(page: Page): number {
	return page.everKnown.length;
}
