/** What this page shares with each other member alone, and the keys that go to and fro under it. */
import { type Bytes, sameBytes } from "./bytes";
import type { Epoch } from "./epochs";
import type { KeyEvent, WrappedKey } from "./group_keys";
import type { Identity } from "./identity";
import type { Member, Untrue } from "./roster";
import { type End, type PairKeys, pairKeys, unwrap, wrap } from "./wrapping";

export interface PairsOptions {
	readonly identity: Identity;
	readonly meeting: string;
	readonly you: string;
}

export class Pairs {
	readonly #options: PairsOptions;
	readonly #keys = new WeakMap<Member, PairKeys>();

	constructor(options: PairsOptions) {
		this.#options = options;
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
	async wrap(me: Member, to: Member, { number, rosterHash, baseKey }: Epoch): Promise<WrappedKey> {
		const { identity, meeting } = this.#options;
		const binding = { meeting, sender: me, recipient: to, epoch: number, rosterHash };
		const { toThem } = this.#keysOf(to);
		return { to: to.participant, ...(await wrap(identity, toThem, binding, baseKey)) };
	}

	/** Their key, for this page. Null when anything about it is not true. */
	async unwrap(
		me: Member,
		from: Member,
		event: KeyEvent & { type: "KeysWrapped" },
	): Promise<Bytes | null> {
		const { epoch, rosterHash } = event;
		const { meeting } = this.#options;
		const binding = { meeting, sender: from, recipient: me, epoch, rosterHash };
		return unwrap(this.#keysOf(from).fromThem, binding, event);
	}

	#keysOf(member: Member): PairKeys {
		const keys = this.#keys.get(member);
		if (keys === undefined) throw new Error("a member who was not checked");
		return keys;
	}
}
