/** The keys of this page: made when it loads, or those of a knock that was made before. */
import type { Clock } from "../core/clock";
import { toBase64 } from "../e2ee/bytes";
import { type Device, ownDevice } from "../e2ee/device";
import { canEncrypt } from "../e2ee/frame_worker";
import { type Identity, makeIdentity } from "../e2ee/identity";
import { forgetIdentity, keepIdentity, recallIdentity } from "../e2ee/kept_identity";

/** As the way in needs them. */
export interface OwnKeys {
	/** Once they are made, or found to be impossible. */
	readonly ready: Promise<void>;
	/** base64url; null where there are none. */
	readonly signKey: string | null;
	/** For as long as somebody may be let in by them. */
	keepFor(place: string): void;
	forgetFor(place: string): void;
}

/** Where the keys of this page come from. */
export interface PageKeys {
	/** Of a knock that was made before this page was loaded. */
	readonly place: string | null;
	/** Id of who is signed in; empty: nobody is. */
	readonly account: string;
	/** Whether that account wants to be known again by this browser. */
	readonly knownByDevice: () => boolean;
}

export class PageIdentity implements OwnKeys {
	readonly ready: Promise<void>;
	/** Null: this browser has no such keys. */
	readonly made: Promise<Identity | null>;
	readonly #clock: Clock;
	readonly #from: PageKeys;
	#signKey: string | null = null;

	constructor(from: PageKeys, clock: Clock) {
		this.#from = from;
		this.#clock = clock;
		this.made = ownIdentity(from.place, clock);
		this.ready = this.made.then((own) => {
			this.#signKey = own && toBase64(own.signKey);
		});
	}

	get signKey(): string | null {
		return this.#signKey;
	}

	/** What vouches for these keys. Where nobody wants that none is made. */
	async device(): Promise<Device | null> {
		const { account, knownByDevice } = this.#from;
		const wanted = account !== "" && knownByDevice() && (await this.made) !== null;
		return wanted ? ownDevice(account, this.#clock) : null;
	}

	keepFor(place: string): void {
		void this.made.then((own) => own && keepIdentity(place, own, this.#clock));
	}

	forgetFor(place: string): void {
		void forgetIdentity(place);
	}
}

async function ownIdentity(place: string | null, clock: Clock): Promise<Identity | null> {
	if (!canEncrypt()) return null;
	const knocked = place === null ? null : await recallIdentity(place, clock);
	// A browser may know the functions and not these keys.
	return knocked ?? makeIdentity().catch(() => null);
}
