/**
 * Every member has a key of their own for what they send, another one whenever the people change, and gives
 * it to each other member, wrapped for that one. The server passes these messages on.
 */
import type { Clock } from "../core/clock";
import type { Device } from "./device";
import { type Epoch, Epochs } from "./epochs";
import type { GroupKeys, GroupKeysOptions, KeyEvent, KeyHolder } from "./group_keys";
import type { Identity } from "./identity";
import { Pairs } from "./pairs";
import { Questions } from "./questions";
import { announce, type Entry, emptyRoster, type Member, type Roster } from "./roster";
import { Rotation } from "./rotation";
import { safetyCode } from "./safety_code";
import { TheirKeys } from "./their_keys";

export interface SenderKeysOptions extends GroupKeysOptions {
	readonly clock: Clock;
	readonly identity: Identity;
	/** Of whoever is signed in. */
	readonly device?: Device | null;
	readonly meeting: string;
	readonly you: string;
	readonly firstEpoch: number;
}

export class SenderKeys implements GroupKeys {
	readonly #options: SenderKeysOptions;
	#roster: Roster | null = null;
	readonly #pairs: Pairs;
	readonly #theirs: TheirKeys;
	readonly #epochs = new Epochs();
	readonly #questions: Questions;
	readonly #rotation: Rotation;
	#inUse: Epoch | null = null;
	#nextEpoch: number;
	#expected = false;
	#code: { readonly hash: string; readonly digits: Promise<string> } | null = null;
	#queue: Promise<void> = Promise.resolve();
	#closed = false;

	constructor(options: SenderKeysOptions) {
		this.#options = options;
		this.#nextEpoch = options.firstEpoch;
		this.#pairs = new Pairs(options);
		this.#theirs = new TheirKeys(options.clock);
		this.#questions = new Questions(
			options.clock,
			() => void this.#inTurn(() => this.#press(this.#silent())),
		);
		this.#rotation = new Rotation(
			options.clock,
			() => void this.#inTurn(() => this.#rotate()),
			() => void this.#inTurn(() => this.#useNewest()),
		);
	}

	entry(): Promise<Omit<Entry, "leaf" | "participant">> {
		return this.#pairs.entry();
	}

	announce(entries: readonly Entry[], expected: readonly string[]): Promise<void> {
		return this.#inTurn(async () => {
			const before = this.#roster ?? (await emptyRoster(this.#options.meeting));
			this.#roster = await announce(before, entries, (member) => this.#pairs.check(member));
			const held = this.#expected;
			this.#expected = expected.length > 0;
			if (this.#roster.hash !== before.hash) {
				// Made while others were still missing: they know the key in use, and none of these.
				if (held) this.#epochs.clear(this.#inUse);
				await this.#peopleChanged(before, this.#roster);
			}
			this.#useNewest();
			this.#options.changed();
		});
	}

	hear(event: KeyEvent): Promise<void> {
		return this.#inTurn(async () => {
			const sender = this.#others().find((one) => one.participant === event.sender);
			if (sender === undefined) return;
			switch (event.type) {
				case "KeysWrapped":
					return this.#take(sender, event);
				case "KeyAcknowledged":
					return this.#acknowledged(sender, event);
				case "KeyAsked":
					return this.#answer(sender);
			}
		});
	}

	comeBack(): Promise<void> {
		// Also those whose key is here: they may have made others meanwhile, for the same people.
		return this.#inTurn(() => this.#press(this.#others()));
	}

	holders(): readonly KeyHolder[] {
		const { you } = this.#options;
		return [...(this.#roster?.members.values() ?? [])].map((member) => ({
			participant: member.participant,
			signKey: member.entry.signKey,
			device: member.device,
			you: member.participant === you,
			hears: member.participant === you || this.#hears(member.participant),
			heard: member.participant === you || this.#theirs.isHeard(member.participant),
		}));
	}

	refused() {
		return this.#roster?.refused ?? [];
	}

	isCurrent(): boolean {
		return this.#me() !== undefined && this.#inUse?.rosterHash === this.#roster?.hash;
	}

	async safetyCode(): Promise<string | null> {
		const roster = this.#roster;
		if (roster === null || !this.#me()) return null;
		if (this.#code?.hash !== roster.hash) {
			const digits = safetyCode(roster.meeting, roster.members.values());
			this.#code = { hash: roster.hash, digits };
		}
		return this.#code.digits;
	}

	nextEpoch(): number {
		return this.#nextEpoch;
	}

	close(): void {
		this.#closed = true;
		this.#rotation.stop();
		this.#questions.stop();
		this.#epochs.clear();
	}

	/** Strictly one after the other: each sees all that came before it. */
	#inTurn(task: () => Promise<void> | void): Promise<void> {
		this.#queue = this.#queue
			.then(() => (this.#closed ? undefined : task()))
			.catch((error: unknown) => this.#options.failed(error));
		return this.#queue;
	}

	/** While the key in use stays for others, whoever has only a newer one opens nothing yet. */
	#hears(participant: string): boolean {
		if (this.#expected) return this.#inUse?.proven.has(participant) ?? false;
		return this.#epochs.has(participant);
	}

	#me(): Member | undefined {
		return this.#roster?.members.get(this.#options.you);
	}

	#others(): readonly Member[] {
		const { you } = this.#options;
		return [...(this.#roster?.members.values() ?? [])].filter((one) => one.participant !== you);
	}

	async #peopleChanged(before: Roster, after: Roster): Promise<void> {
		this.#theirs.changeRoster(after.hash);
		for (const member of before.members.values()) {
			if (after.members.get(member.participant) !== member) this.#gone(member.entry);
		}
		this.#questions.start();
		if (this.#rotation.isDue()) await this.#rotate();
	}

	/** Left, or here again with other keys or another leaf. */
	#gone(entry: Entry): void {
		const { participant } = entry;
		// Oneself: the others have forgotten every key of before.
		if (participant === this.#options.you) {
			this.#epochs.clear();
			this.#inUse = null;
			return;
		}
		this.#rotation.someoneLeft();
		this.#theirs.forget(entry);
		this.#questions.forget(participant);
		this.#epochs.left(participant);
		this.#options.forget(participant);
	}

	async #rotate(): Promise<void> {
		if (!this.#me() || !this.#roster) return;
		const recipients = new Set(this.#others().map((one) => one.participant));
		const epoch = this.#rotation.begin(this.#nextEpoch, this.#roster.hash, recipients);
		this.#nextEpoch += 1;
		this.#epochs.add(epoch);
		await this.#hand(epoch, recipients);
		this.#useNewest();
	}

	/** Gives a key to members, unless the people have changed since: then the next one is on its way. */
	async #hand(epoch: Epoch, to: ReadonlySet<string>): Promise<void> {
		const me = this.#me();
		const { number, rosterHash, recipients } = epoch;
		if (!me || rosterHash !== this.#roster?.hash) return;
		const members = this.#others().filter(
			({ participant }) => to.has(participant) && recipients.has(participant),
		);
		if (members.length === 0) return;
		const keys = await Promise.all(members.map((one) => this.#pairs.wrap(me, one, epoch)));
		this.#options.send({ type: "WrapKeys", epoch: number, rosterHash, keys });
	}

	#useNewest(): void {
		const me = this.#me();
		if (this.#expected || !me) return;
		const ripe = this.#epochs.takeRipe();
		if (ripe === undefined || ripe === this.#inUse) return;
		this.#inUse = ripe;
		this.#options.use({ leaf: me.leaf, epoch: ripe.number, baseKey: ripe.baseKey });
	}

	async #take(sender: Member, event: KeyEvent & { type: "KeysWrapped" }): Promise<void> {
		const me = this.#me();
		const { epoch, rosterHash } = event;
		const { participant } = sender;
		if (!me || !this.#theirs.isNews(sender.entry, epoch)) return;
		const baseKey = await this.#pairs.unwrap(me, sender, event);
		if (baseKey === null) return;
		if (this.#theirs.take(participant, { epoch, baseKey, rosterHash })) {
			this.#options.add(participant, { leaf: sender.leaf, epoch, baseKey });
			const proof = await this.#pairs.acknowledge(me, sender, event, baseKey);
			this.#options.send({ type: "AcknowledgeKey", to: participant, epoch, proof });
		} else this.#questions.wake();
		this.#options.changed();
	}

	async #acknowledged(
		sender: Member,
		event: KeyEvent & { type: "KeyAcknowledged" },
	): Promise<void> {
		const me = this.#me();
		const epoch = this.#epochs.open(sender.participant, event.epoch);
		if (!me || !epoch) return;
		if (!(await this.#pairs.isAcknowledged(me, sender, epoch, event.proof))) return;
		this.#epochs.acknowledged(sender.participant, epoch);
		this.#useNewest();
		this.#options.changed();
	}

	async #answer(sender: Member): Promise<void> {
		const { newest } = this.#epochs;
		if (newest === undefined || !this.#questions.mayAnswer(sender.participant)) return;
		await this.#hand(newest, new Set([sender.participant]));
	}

	/** Whose key is not here, or is for other people than there are now. */
	#silent(): readonly Member[] {
		return this.#others().filter(({ participant }) => !this.#theirs.isHeard(participant));
	}

	/** Asks these for their keys, and gives the own one again to whoever has not said that they have it. */
	async #press(asked: readonly Member[]): Promise<void> {
		for (const { participant } of asked) this.#options.send({ type: "KeyPlease", to: participant });
		const { newest } = this.#epochs;
		if (newest) await this.#hand(newest, newest.waiting);
		if (this.#silent().length > 0 || (newest?.waiting.size ?? 0) > 0) this.#questions.again();
	}
}
