/** Keys of the meeting and the worker that uses them: wires the e2ee rules to the page. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../core/clock";
import { toBase64 } from "../e2ee/bytes";
import { type Device, ownDevice } from "../e2ee/device";
import { canEncrypt, FrameWorker } from "../e2ee/frame_worker";
import type { GroupKeys, KeyEvent, KeyHolder } from "../e2ee/group_keys";
import { type Identity, makeIdentity } from "../e2ee/identity";
import { forgetIdentity, keepIdentity, recallIdentity } from "../e2ee/kept_identity";
import type { Entry } from "../e2ee/roster";
import { SenderKeys } from "../e2ee/sender_keys";
import type { FromWorker } from "../e2ee/worker_messages";
import type { FrameHooks } from "../media/slots";
import type { Command, Event, Welcome } from "../protocol/generated";
import { recognise } from "../state/devices";
import {
	type Encryption,
	type InTheKeys,
	NOTHING_ENCRYPTED,
	withCode,
	withPeople,
} from "../state/encryption";
import type { Meeting } from "../state/model";
import { readMet, withMet, writeMet } from "./met_devices";
import type { Store } from "./store";

export interface EncryptionDesk {
	readonly state: { readonly encryption: ReadonlySignal<Encryption> };
	readonly actions: { markCompared(): void };
	readonly own: OwnKeys;
	/** For the connections to one participant. */
	frames(participant: string): FrameHooks;
	/** After the store heard it. Resolves once own keys are on their way, before which nobody may connect. */
	welcomed(welcome: Welcome): Promise<void>;
	/** After the store heard it. */
	heard(event: Event): void;
	/** Whom media may be exchanged with: whoever has keys, or had them before the server was restarted. */
	mayConnect(participant: string): boolean;
	/** Out of the meeting. */
	stop(): void;
}

/** The keys of this page, as the way in needs them. */
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
interface PageKeys {
	/** Of a knock that was made before this page was loaded. */
	readonly place: string | null;
	/** Id of who is signed in; empty: nobody is. */
	readonly account: string;
}

interface Current {
	readonly meeting: string;
	readonly you: string;
	readonly keys: GroupKeys;
}

export function makeEncryptionDesk(
	store: Store,
	clock: Clock,
	tell: (command: Command) => void,
	from: PageKeys,
): EncryptionDesk {
	const encryption = signal<Encryption>(NOTHING_ENCRYPTED);
	let signKey: string | null = null;
	const identity = ownIdentity(from.place, clock).then((own) => {
		signKey = own && toBase64(own.signKey);
		return own;
	});
	const device: Promise<Device | null> = identity.then((own) =>
		own !== null && from.account ? ownDevice(from.account, clock) : null,
	);
	/** As it was when this page was loaded: who is new here stays so for as long as one meets. */
	let met = readMet();
	/** Names of everybody who was here, for what is said of them afterwards. */
	const names = new Map<string, string>();
	/** Whose frames the worker can open. */
	const opened = new Set<string>();
	let worker: FrameWorker | null = null;
	let current: Current | null = null;
	/** Own keys are on their way to everybody in this meeting. */
	let presented = false;
	/** How often the code was asked for: the keys may change while it is being made. */
	let codes = 0;
	let told: Meeting["participants"] | null = null;

	function counted({ received }: FromWorker): void {
		const senders = Object.entries(received).filter(([, counts]) => counts.opened > 0);
		const before = encryption.value.opened;
		if (senders.length === before.size && senders.every(([id]) => before.has(id))) return;
		encryption.value = { ...encryption.value, opened: new Set(senders.map(([id]) => id)) };
	}

	function changed(keys: GroupKeys): void {
		if (current?.keys !== keys) return;
		const untrue = keys.refused().map(({ participant }) => participant);
		const name = (id: string) => names.get(id) ?? id;
		const people = keys.holders().map((one) => recognised(one, name(one.participant)));
		encryption.value = withPeople(encryption.value, people, untrue, name, clock.now());
		meet(people.filter((one) => one.recognised !== "other"));
		codes += 1;
		const asked = codes;
		void keys.safetyCode().then((code) => {
			if (asked === codes) encryption.value = withCode(encryption.value, code);
		});
	}

	function recognised(holder: KeyHolder, name: string): InTheKeys {
		return { ...holder, recognised: recognise(met, name, holder.device) };
	}

	/** Somebody under a name that was another device's is met only once the code was compared. */
	function meet(people: readonly InTheKeys[]): void {
		const before = readMet();
		const now = people.reduce(
			(known, { you, device: key, participant }) =>
				you || key === null ? known : withMet(known, key, names.get(participant) ?? "", clock),
			before,
		);
		if (now !== before) writeMet(now);
	}

	/** The code was compared with these people: their devices are theirs. */
	function accept(people: readonly InTheKeys[]): void {
		for (const { recognised, device: key, participant } of people) {
			if (recognised === "other" && key !== null)
				met = withMet(met, key, names.get(participant) ?? "", clock);
		}
		meet(people);
		if (current) changed(current.keys);
	}

	function open(
		own: Identity,
		ownDevice: Device | null,
		frames: FrameWorker,
		meeting: string,
		you: string,
	): Current {
		const keys: GroupKeys = new SenderKeys({
			clock,
			identity: own,
			device: ownDevice,
			meeting,
			you,
			firstEpoch: current?.keys.nextEpoch() ?? 0,
			send: tell,
			use: (key) => frames.use(key),
			add(participant, key) {
				opened.add(participant);
				frames.add(participant, key);
			},
			forget,
			changed: () => changed(keys),
			failed: (error) => reportError(error),
		});
		return { meeting, you, keys };
	}

	function forget(participant: string): void {
		opened.delete(participant);
		worker?.forget(participant);
	}

	async function welcomed({ meeting, you }: Welcome): Promise<void> {
		const own = await identity;
		if (own === null) {
			encryption.value = { ...NOTHING_ENCRYPTED, possible: false };
			return;
		}
		const vouching = await device;
		worker ??= new FrameWorker(counted);
		const same = current?.meeting === meeting && current.you === you;
		if (!same) {
			if (current?.you !== you) stop();
			const next = open(own, vouching, worker, meeting, you);
			current?.keys.close();
			current = next;
		}
		const keys = current?.keys;
		if (!keys) return;
		const entry = await keys.entry();
		if (current?.keys !== keys) return;
		tell({ type: "PresentKeys", ...entry });
		presented = true;
		announce();
		if (same) await keys.comeBack();
	}

	function announce(): void {
		const meeting = store.meeting();
		if (!meeting || meeting.meeting !== current?.meeting) return;
		told = meeting.participants;
		for (const { id, name } of told) names.set(id, name);
		const here = new Set([...meeting.participants, ...meeting.missing].map(({ id }) => id));
		for (const id of [...opened]) if (!here.has(id)) forget(id);
		const entries: Entry[] = told.flatMap(({ id, keys }) =>
			keys ? [{ participant: id, ...keys }] : [],
		);
		const late = told.filter(({ id, keys }) => !keys && opened.has(id));
		const expected = [...meeting.missing, ...late].map(({ id }) => id);
		void current.keys.announce(entries, expected);
	}

	function stop(): void {
		current?.keys.close();
		current = null;
		presented = false;
		told = null;
		for (const id of [...opened]) forget(id);
		worker?.stop();
		codes += 1;
		encryption.value = NOTHING_ENCRYPTED;
	}

	return {
		state: { encryption },
		own: {
			ready: identity.then(() => undefined),
			get signKey() {
				return signKey;
			},
			keepFor: (kept) =>
				void identity.then((own) => (own === null ? undefined : keepIdentity(kept, own, clock))),
			forgetFor: (kept) => void forgetIdentity(kept),
		},
		actions: {
			markCompared() {
				encryption.value = { ...encryption.value, compared: encryption.value.code !== null };
				if (encryption.value.compared) accept(encryption.value.people);
			},
		},
		frames(participant) {
			if (worker === null) throw new Error("connected before there are keys");
			return worker.hooks(participant);
		},
		welcomed,
		heard(event) {
			if (isKeyEvent(event)) void current?.keys.hear(event);
			else if (store.meeting()?.participants !== told) announce();
		},
		mayConnect(participant) {
			if (!presented) return false;
			const known = store.meeting()?.participants.find(({ id }) => id === participant);
			return Boolean(known?.keys) || opened.has(participant);
		},
		stop,
	};
}

async function ownIdentity(place: string | null, clock: Clock): Promise<Identity | null> {
	if (!canEncrypt()) return null;
	const knocked = place === null ? null : await recallIdentity(place, clock);
	// A browser may know the functions and not these keys.
	return knocked ?? makeIdentity().catch(() => null);
}

function isKeyEvent(event: Event): event is Event & KeyEvent {
	return ["KeysWrapped", "KeyAcknowledged", "KeyAsked"].includes(event.type);
}
