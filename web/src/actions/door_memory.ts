/** What this browser remembers of one door: the place in the lobby, the key to it, and the way back in. */
import type { Clock } from "../core/clock";
import type { Look } from "../protocol/generated";
import { forget, keysFrom, load, save, short } from "./storage";

export interface DoorName {
	readonly kind: NonNullable<Look["kind"]>;
	/** Of the room, or the user name of whose reception it is. */
	readonly name: string;
}

const PLACES = "meetd.place.";
const KEYS = "meetd.key.";
const WAYS_BACK = "meetd.wayBack.";
/** In this tab: the key that its address brought along, until it leaves the tab. */
const BROUGHT = "meetd.brought";
/** In this tab: the room it is in, and the admission with which it comes from a reception. */
const INSIDE = "meetd.inside";
const ADMITTED = "meetd.admitted";
/** In this tab: the place with which it enters by a link, until it hears that it is in. */
const ENTERING = "meetd.entering";
const PLACE_LASTS_MS = 12 * 3_600_000;
/** After dropping out. */
const WAY_BACK_LASTS_MS = 120_000;
const LONGEST_WAY_BACK = 1_024;
const LONGEST_MESSAGE = 1_000;

interface StoredPlace {
	readonly place: string;
	readonly message: string;
	readonly at: number;
}

interface StoredWayBack {
	readonly wayBack: string;
	readonly at: number;
}

interface StoredKey {
	readonly room: string;
	readonly key: string;
}

interface StoredAdmission {
	readonly room: string;
	readonly place: string;
}

export class DoorMemory {
	readonly #door: DoorName;
	readonly #clock: Clock;
	// Beside the storage, so that a browser without one forgets nothing while the page is open.
	#place: StoredPlace | null;
	#key: string | null;
	/** Whether the key came in the address. */
	#brought: boolean;
	#wayBack: StoredWayBack | null = null;
	#entering: string | null;
	/** Rooms are renamed while people are in them. */
	#room: string;

	/** `fragment`: of the address, with or without the key of an invite link. */
	constructor(door: DoorName, clock: Clock, fragment: string) {
		this.#door = door;
		this.#room = door.name;
		this.#clock = clock;
		forgetOld(clock);
		this.#place = this.#readPlace();
		this.#entering = this.#readAdmission(ENTERING);
		const brought = door.kind === "room" ? (keyIn(fragment) ?? this.#readBrought()) : null;
		this.#brought = brought !== null;
		this.#key = brought ?? (door.kind === "room" ? this.#readKey() : null);
	}

	get place(): string | null {
		return this.#place?.place ?? null;
	}

	/** What was written to the host with the knock that keeps the place. */
	get message(): string {
		return this.#place?.message ?? "";
	}

	keepPlace(place: string, message: string): void {
		if (this.#place?.place === place && this.#place.message === message) return;
		this.#place = { place, message, at: this.#clock.now() };
		save(this.#placeKey, this.#place);
	}

	forgetPlace(): void {
		this.#place = null;
		forget(this.#placeKey);
	}

	get key(): string | null {
		return this.#key;
	}

	/** From "always admit": it opens the room from now on. */
	keepKey(room: string, key: string): void {
		if (this.#door.kind === "room") this.#key = key;
		save(KEYS + room, { key });
	}

	/**
	 * The key of the address was used: this tab keeps it for when it is loaded again, under the name that
	 * the room has now. False when there is none, or it cannot be kept.
	 */
	keepBrought(room: string): boolean {
		if (!this.#brought) return false;
		save(BROUGHT, { room, key: this.#key }, "session");
		return load<{ room: string }>(BROUGHT, "session").room === room;
	}

	/** The one in the address stays: the server says each time that it opens nothing. */
	forgetKept(): void {
		forget(KEYS + this.#room);
	}

	forgetKey(): void {
		this.#key = null;
		this.#brought = false;
		forget(BROUGHT, "session");
		forget(KEYS + this.#room);
	}

	/** Null when the two minutes are over. */
	get wayBack(): string | null {
		const fresh = this.#wayBack && this.#clock.now() - this.#wayBack.at < WAY_BACK_LASTS_MS;
		return fresh ? (this.#wayBack?.wayBack ?? null) : null;
	}

	/** Only where no other tab of this browser is in the room: it would take that one's seat. */
	recallWayBack(): void {
		const stored = load<StoredWayBack>(WAYS_BACK + this.#door.name);
		const wayBack = short(stored.wayBack, LONGEST_WAY_BACK);
		if (wayBack && typeof stored.at === "number") this.#wayBack = { wayBack, at: stored.at };
	}

	keepWayBack(wayBack: string, room: string): void {
		this.#room = room;
		this.#wayBack = { wayBack, at: this.#clock.now() };
		save(WAYS_BACK + room, this.#wayBack);
		save(INSIDE, { room }, "session");
	}

	/** Still in: the two minutes begin when this is not called any more. */
	touchWayBack(): void {
		if (this.#wayBack) this.keepWayBack(this.#wayBack.wayBack, this.#room);
	}

	forgetWayBack(): void {
		this.#wayBack = null;
		forget(WAYS_BACK + this.#room);
	}

	/** Whether this tab was in the room when it was last heard of, and did not leave it. */
	get wasInside(): boolean {
		return load<{ room: string }>(INSIDE, "session").room === this.#door.name;
	}

	left(): void {
		forget(INSIDE, "session");
	}

	/** Let in somewhere else: goes along to the page of that room. */
	handOn(room: string, place: string): void {
		save(ADMITTED, { room, place }, "session");
	}

	/** The admission that this tab brought along for this room. */
	get admission(): string | null {
		return this.#readAdmission(ADMITTED);
	}

	forgetAdmission(): void {
		forget(ADMITTED, "session");
	}

	get entering(): string | null {
		return this.#entering;
	}

	keepEntering(place: string): void {
		this.#entering = place;
		save(ENTERING, { room: this.#door.name, place }, "session");
	}

	forgetEntering(): void {
		this.#entering = null;
		forget(ENTERING, "session");
	}

	#readAdmission(key: string): string | null {
		const { room, place } = load<StoredAdmission>(key, "session");
		return room === this.#door.name ? checkedPlace(place) : null;
	}

	#readBrought(): string | null {
		const { room, key } = load<StoredKey>(BROUGHT, "session");
		return room === this.#door.name ? checkedKey(key) : null;
	}

	#readKey(): string | null {
		return checkedKey(load<{ key: string }>(KEYS + this.#door.name).key);
	}

	get #placeKey(): string {
		return `${PLACES}${this.#door.kind}.${this.#door.name}`;
	}

	#readPlace(): StoredPlace | null {
		const stored = load<StoredPlace>(this.#placeKey);
		const place = checkedPlace(stored.place);
		if (place === null || typeof stored.at !== "number") return null;
		return { place, at: stored.at, message: short(stored.message, LONGEST_MESSAGE) ?? "" };
	}
}

function checkedPlace(value: unknown): string | null {
	return typeof value === "string" && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
}

function checkedKey(value: unknown): string | null {
	return typeof value === "string" && /^[A-Za-z0-9_-]{20,64}$/.test(value) ? value : null;
}

/** The key of an invite link, `#key=...`: the fragment never leaves the browser by itself. */
export function keyIn(fragment: string): string | null {
	return checkedKey(new URLSearchParams(fragment.replace(/^#/, "")).get("key"));
}

/** Of all doors: what is over, and what nobody could have written. */
function forgetOld(clock: Clock): void {
	const forgetAfter = (prefix: string, ms: number) => {
		for (const key of keysFrom(prefix)) {
			const { at } = load<{ at: number }>(key);
			const age = typeof at === "number" ? clock.now() - at : Number.NaN;
			// A clock that was set back makes it younger than now.
			if (!(Math.abs(age) < ms)) forget(key);
		}
	};
	forgetAfter(PLACES, PLACE_LASTS_MS);
	forgetAfter(WAYS_BACK, WAY_BACK_LASTS_MS);
}
