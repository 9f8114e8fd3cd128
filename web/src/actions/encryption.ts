/** Keys of the meeting and the worker that uses them: wires the e2ee rules to the page. */
import type { ReadonlySignal } from "@preact/signals";
import type { Clock } from "../core/clock";
import type { Device } from "../e2ee/device";
import { FrameWorker } from "../e2ee/frame_worker";
import type { GroupKeys, KeyEvent } from "../e2ee/group_keys";
import type { Identity } from "../e2ee/identity";
import type { Entry } from "../e2ee/roster";
import { SenderKeys } from "../e2ee/sender_keys";
import type { FrameHooks } from "../media/slots";
import type { Command, Event, Participant, Welcome } from "../protocol/generated";
import type { Encryption } from "../state/encryption";
import type { Meeting } from "../state/model";
import { KeyHold } from "./key_hold";
import { type OwnKeys, PageIdentity, type PageKeys } from "./own_keys";
import { Patience } from "./patience";
import { ShownEncryption } from "./shown_encryption";
import { StaleKey } from "./stale_key";
import type { Store } from "./store";

/** A page presents its keys as soon as it is welcomed; who has not by then most likely has none. */
const KEYLESS_AFTER_MS = 5_000;

export interface EncryptionDesk {
	readonly state: { readonly encryption: ReadonlySignal<Encryption> };
	readonly actions: {
		/** `code`: as it was shown when the person pressed. Nothing happens when it is another by now. */
		markCompared(code: string): void;
	};
	readonly own: OwnKeys;
	/** For the connections to one participant. */
	frames(participant: string): FrameHooks;
	/** After the store heard it. Resolves once own keys are on their way, before which nobody may connect. */
	welcomed(welcome: Welcome): Promise<void>;
	/** After the store heard it. */
	heard(event: Event): void;
	/** After the people became others without an event: nobody waits for who was given up. */
	follow(): void;
	/** Whom media may be exchanged with: whoever has keys, or had them before the server was restarted. */
	mayConnect(participant: string): boolean;
	/** Out of the meeting. */
	stop(): void;
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
	const own = new PageIdentity(from, clock);
	const shown = new ShownEncryption(clock);
	/** Whose frames the worker can open. */
	const opened = new Set<string>();
	let worker: FrameWorker | null = null;
	let current: Current | null = null;
	/** Own keys are on their way to everybody in this meeting. */
	let presented = false;
	let told: Pick<Meeting, "participants" | "missing"> | null = null;
	const keyless = new Patience(clock, KEYLESS_AFTER_MS, (found) => shown.keyless(found));
	const hold = new KeyHold(
		clock,
		(late) => {
			for (const id of late) forget(id);
			announce();
		},
		() => {
			judge();
			announce();
		},
	);
	const stale = new StaleKey(clock, () => worker?.stop());

	/** Whether what is sealed now may be for long. */
	function judge(): void {
		stale.follow(current !== null && !hold.lasts && !current.keys.isCurrent());
	}

	function open(
		identity: Identity,
		device: Device | null,
		frames: FrameWorker,
		{ meeting, you }: Welcome,
	): Current {
		const keys: GroupKeys = new SenderKeys({
			clock,
			identity,
			device,
			meeting,
			you,
			firstEpoch: current?.keys.nextEpoch() ?? 0,
			send: tell,
			use(key) {
				hold.used();
				frames.use(key);
				stale.stop();
				judge();
			},
			add(participant, key) {
				opened.add(participant);
				frames.add(participant, key);
			},
			forget,
			changed() {
				if (current?.keys !== keys) return;
				judge();
				shown.changed(keys);
			},
			failed: (error) => reportError(error),
		});
		return { meeting, you, keys };
	}

	function forget(participant: string): void {
		opened.delete(participant);
		shown.forgotten(participant);
		worker?.forget(participant);
	}

	async function welcomed(welcome: Welcome): Promise<void> {
		const identity = await own.made;
		if (identity === null) {
			shown.impossible();
			return;
		}
		const device = await own.device();
		worker ??= new FrameWorker((counts) => shown.counted(counts));
		const same = current?.meeting === welcome.meeting && current.you === welcome.you;
		if (!same) {
			if (current?.you !== welcome.you) stop();
			const next = open(identity, device, worker, welcome);
			current?.keys.close();
			current = next;
			judge();
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

	/** Tells the keys who is here. */
	function announce(): void {
		const meeting = store.meeting();
		if (!meeting || meeting.meeting !== current?.meeting) return;
		const { participants, missing, you } = meeting;
		told = { participants, missing };
		shown.called(participants);
		const here = new Set(idsOf([...participants, ...missing]));
		for (const id of [...opened]) if (!here.has(id)) forget(id);
		const without = participants.filter(({ keys }) => keys === null);
		const late = without.filter(({ id }) => opened.has(id));
		const isKeyless = ({ id, away }: Participant) => !away && id !== you && !opened.has(id);
		keyless.follow(idsOf(without.filter(isKeyless)));
		const expected = hold.expected(idsOf(missing), idsOf(late));
		judge();
		void current.keys.announce(entriesOf(participants), expected);
	}

	function follow(): void {
		const meeting = store.meeting();
		const isTold =
			meeting?.participants === told?.participants && meeting?.missing === told?.missing;
		if (!isTold) announce();
	}

	function stop(): void {
		current?.keys.close();
		current = null;
		presented = false;
		told = null;
		for (const id of [...opened]) forget(id);
		worker?.stop();
		keyless.follow([]);
		hold.stop();
		stale.stop();
		shown.stop();
	}

	return {
		state: { encryption: shown.state },
		own,
		actions: { markCompared: (code) => shown.markCompared(code) },
		frames(participant) {
			if (worker === null) throw new Error("connected before there are keys");
			return worker.hooks(participant);
		},
		welcomed,
		heard(event) {
			if (isKeyEvent(event)) void current?.keys.hear(event);
			else follow();
		},
		follow,
		mayConnect(participant) {
			if (!presented) return false;
			const known = store.meeting()?.participants.find(({ id }) => id === participant);
			return Boolean(known?.keys) || opened.has(participant);
		},
		stop,
	};
}

function idsOf(people: readonly Participant[]): readonly string[] {
	return people.map(({ id }) => id);
}

function entriesOf(people: readonly Participant[]): readonly Entry[] {
	return people.flatMap(({ id, keys }) => (keys ? [{ participant: id, ...keys }] : []));
}

function isKeyEvent(event: Event): event is Event & KeyEvent {
	return ["KeysWrapped", "KeyAcknowledged", "KeyAsked"].includes(event.type);
}
