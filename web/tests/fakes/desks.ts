/** Desks of pages in one room, and the server between them, which can be told to lie. */
import { vi } from "vitest";
import { type EncryptionDesk, makeEncryptionDesk } from "../../src/actions/encryption";
import type { Store } from "../../src/actions/store";
import type { SenderKey } from "../../src/e2ee/frame_keys";
import type { ToWorker } from "../../src/e2ee/worker_messages";
import type { Command, Event, Participant, Welcome } from "../../src/protocol/generated";
import type { FakeClock } from "./clock";
import { meeting, participant } from "./meeting";

/** `stubBrowser` comes before it, and `vi.unstubAllGlobals` after. */
export class DeskPage {
	readonly desk: EncryptionDesk;
	/** What its worker was told. */
	readonly worker: ToWorker[] = [];
	/** The seat that it has now. */
	id = "";

	constructor(server: DeskServer) {
		const store: Pick<Store, "meeting"> = { meeting: () => server.seenBy(this.id) };
		const from = { place: null, account: "", knownByDevice: () => true };
		const tell = (command: Command) => server.obey(this.id, command);
		this.desk = makeEncryptionDesk(store as Store, server.clock, tell, from);
	}

	/** A desk makes its worker when it is welcomed first. */
	async welcomed(welcome: Welcome): Promise<void> {
		const told = this.worker;
		vi.stubGlobal(
			"Worker",
			class {
				postMessage(message: ToWorker) {
					told.push(message);
				}
			},
		);
		await this.desk.welcomed(welcome);
	}

	get uses(): number {
		return this.worker.filter(({ type }) => type === "use").length;
	}

	/** What its worker seals with. */
	get using(): SenderKey | null {
		const last = this.worker.findLast(({ type }) => type === "use" || type === "stop");
		return last?.type === "use" ? last.key : null;
	}

	/** Its worker opens what the other one sends now. */
	opens(other: DeskPage): boolean {
		const { using } = other;
		return this.worker.some(
			(one) =>
				one.type === "add" &&
				one.participant === other.id &&
				one.key.leaf === using?.leaf &&
				one.key.baseKey.toString() === using.baseKey.toString(),
		);
	}
}

/** As the pages of a browser that can encrypt. */
export function stubBrowser(): void {
	vi.stubGlobal("RTCRtpScriptTransform", class {});
	vi.stubGlobal("RTCRtpSender", { prototype: { transform: null } });
}

export class DeskServer {
	readonly clock: FakeClock;
	readonly pages: DeskPage[] = [];
	/** With the keys that they presented in this meeting. */
	people: readonly Participant[] = [];
	missing: readonly Participant[] = [];
	/** Whom a page is told of. */
	view: (viewer: string, people: readonly Participant[]) => readonly Participant[] = (_, people) =>
		people;
	/** Whether an event goes on to whom it is for. */
	passes: (event: Event, to: string) => boolean = () => true;
	#meeting = "m0";
	#meetings = 0;
	#leaf = 0;

	constructor(clock: FakeClock) {
		this.clock = clock;
	}

	page(): DeskPage {
		const page = new DeskPage(this);
		this.pages.push(page);
		return page;
	}

	seenBy(id: string) {
		const participants = this.view(id, this.people);
		return meeting({ meeting: this.#meeting, you: id, participants, missing: this.missing });
	}

	/** Takes this seat, or takes it again in another meeting. */
	async welcome(page: DeskPage, index: number): Promise<void> {
		const seat = participant(index);
		page.id = seat.id;
		if (!this.people.some(({ id }) => id === seat.id)) this.people = [...this.people, seat];
		await page.welcomed({ meeting: this.#meeting, you: seat.id } as Welcome);
		this.follow();
	}

	leave(page: DeskPage): void {
		page.desk.stop();
		this.people = this.people.filter(({ id }) => id !== page.id);
		page.id = "";
		this.follow();
	}

	/** Another meeting, in which these are seated and nobody has presented keys. */
	restart(seated: readonly number[]): void {
		this.#meetings += 1;
		this.#meeting = `m${this.#meetings}`;
		this.people = seated.map((index) => participant(index));
	}

	follow(): void {
		for (const { id, desk } of this.pages) if (id) desk.follow();
	}

	obey(from: string, command: Command): void {
		if (command.type === "PresentKeys") {
			const { type: _, ...keys } = command;
			this.people = this.people.map((one) =>
				one.id === from ? { ...one, keys: { leaf: this.#leaf++, device: null, ...keys } } : one,
			);
			queueMicrotask(() => this.follow());
		}
		for (const { to, event } of deliveries(from, command)) {
			const page = this.pages.find(({ id }) => id === to);
			if (page && this.passes(event, to)) queueMicrotask(() => page.desk.heard(event));
		}
	}

	stop(): void {
		for (const { desk } of this.pages) desk.stop();
	}
}

function deliveries(
	sender: string,
	command: Command,
): readonly { readonly to: string; readonly event: Event }[] {
	switch (command.type) {
		case "WrapKeys": {
			const { epoch, rosterHash } = command;
			return command.keys.map(({ to, wrapped, signature }) => {
				return {
					to,
					event: { type: "KeysWrapped", sender, epoch, rosterHash, wrapped, signature },
				};
			});
		}
		case "AcknowledgeKey": {
			const { to, epoch, proof } = command;
			return [{ to, event: { type: "KeyAcknowledged", sender, epoch, proof } }];
		}
		case "KeyPlease":
			return [{ to: command.to, event: { type: "KeyAsked", sender } }];
		default:
			return [];
	}
}
