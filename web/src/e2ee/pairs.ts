/** What this page shares with each other member alone, and the keys that go to and fro under it. */
import { type Bytes, sameBytes, toBase64 } from "./bytes";
import { type Device, proveDevice } from "./device";
import type { Epoch } from "./epochs";
import type { KeyEvent, WrappedKey } from "./group_keys";
import { type Identity, vouch } from "./identity";
import type { Entry, Member, Untrue } from "./roster";
import {
	acknowledge,
	type Binding,
	type End,
	isAcknowledged,
	type PairKeys,
	pairKeys,
	unwrap,
	wrap,
} from "./wrapping";

export interface PairsOptions {
	readonly identity: Identity;
	/** Of whoever is signed in. */
	readonly device?: Device | null;
	readonly meeting: string;
	readonly you: string;
}

export class Pairs {
	readonly #options: PairsOptions;
	readonly #keys = new WeakMap<Member, PairKeys>();

	constructor(options: PairsOptions) {
		this.#options = options;
	}

	/** What the server is to say of this page. */
	async entry(): Promise<Omit<Entry, "leaf" | "participant">> {
		const { identity, device, meeting, you } = this.#options;
		return {
			signKey: toBase64(identity.signKey),
			dhKey: toBase64(identity.dhKey),
			signature: toBase64(await vouch(identity, meeting, you)),
			device: device ? await proveDevice(device, identity, meeting, you) : null,
		};
	}

	/** What there is against somebody who vouches for their keys. Must be asked before anything else. */
	async check(member: Member): Promise<Untrue | null> {
		const { identity, meeting, you } = this.#options;
		const own: End = { participant: you, signKey: identity.signKey, dhKey: identity.dhKey };
		if (member.participant === you) {
			const same = sameBytes(member.signKey, own.signKey) && sameBytes(member.dhKey, own.dhKey);
			return same ? null : "not ours";
		}
		const keys = await pairKeys(identity, meeting, own, member);
		if (keys === null) return "malformed";
		this.#keys.set(member, keys);
		return null;
	}

	/** Own key, for one member. */
	async wrap(me: Member, to: Member, epoch: Epoch): Promise<WrappedKey> {
		const { identity } = this.#options;
		const { toThem } = this.#keysOf(to);
		const wrapped = await wrap(identity, toThem, this.#own(me, to, epoch), epoch.baseKey);
		return { to: to.participant, ...wrapped };
	}

	/** Their key, for this page. Null when anything about it is not true. */
	async unwrap(
		me: Member,
		from: Member,
		event: KeyEvent & { type: "KeysWrapped" },
	): Promise<Bytes | null> {
		return unwrap(this.#keysOf(from).fromThem, this.#theirs(me, from, event), event);
	}

	/** For them: what they wrapped has come, and was this. */
	async acknowledge(
		me: Member,
		from: Member,
		event: KeyEvent & { type: "KeysWrapped" },
		baseKey: Bytes,
	): Promise<string> {
		return acknowledge(this.#keysOf(from).toThem, this.#theirs(me, from, event), baseKey);
	}

	/** Whether they have the own key. The server only says that they do. */
	async isAcknowledged(me: Member, by: Member, epoch: Epoch, proof: string): Promise<boolean> {
		const { fromThem } = this.#keysOf(by);
		return isAcknowledged(fromThem, this.#own(me, by, epoch), epoch.baseKey, proof);
	}

	#own(me: Member, to: Member, { number, rosterHash }: Epoch): Binding {
		const { meeting } = this.#options;
		return { meeting, sender: me, recipient: to, epoch: number, rosterHash };
	}

	#theirs(
		me: Member,
		from: Member,
		{ epoch, rosterHash }: Pick<KeyEvent & { type: "KeysWrapped" }, "epoch" | "rosterHash">,
	): Binding {
		const { meeting } = this.#options;
		return { meeting, sender: from, recipient: me, epoch, rosterHash };
	}

	#keysOf(member: Member): PairKeys {
		const keys = this.#keys.get(member);
		if (keys === undefined) throw new Error("a member who was not checked");
		return keys;
	}
}
