/**
 * How long pages take after somebody came until all open all, as JSON. All pages do their work on this one
 * machine, and messages between them take no time.
 */
import { systemClock } from "../src/core/clock";
import type { SenderKey } from "../src/e2ee/frame_keys";
import type { KeyCommand } from "../src/e2ee/group_keys";
import { makeIdentity } from "../src/e2ee/identity";
import type { Entry } from "../src/e2ee/roster";
import { SenderKeys } from "../src/e2ee/sender_keys";

const ROUNDS = 5;
const PEOPLE = [2, 10, 30];
/** Longer than the time between two keys of one page. */
const REST_MS = 700;

interface Page {
	readonly keys: SenderKeys;
	using: SenderKey | null;
	readonly opens: Map<string, SenderKey>;
}

class Room {
	readonly pages = new Map<string, Page>();
	#entries: Entry[] = [];
	#leaf = 0;

	async join(id: string): Promise<void> {
		const page: Page = {
			keys: new SenderKeys({
				clock: systemClock,
				identity: await makeIdentity(),
				meeting: "meeting",
				you: id,
				firstEpoch: 0,
				send: (command) => this.#pass(id, command),
				use: (key) => {
					page.using = key;
				},
				add: (participant, key) => page.opens.set(participant, key),
				forget: (participant) => page.opens.delete(participant),
				changed: () => undefined,
				failed: (error) => {
					throw error;
				},
			}),
			using: null,
			opens: new Map(),
		};
		const entry = { participant: id, leaf: this.#leaf++, ...(await page.keys.entry()) };
		this.pages.set(id, page);
		this.#entries = [...this.#entries, entry];
		for (const { keys } of this.pages.values()) void keys.announce(this.#entries, []);
	}

	/** All hold the key that each of the others uses now, and it was made for all. */
	get hasConverged(): boolean {
		const newest = [...this.pages.values()].every(
			({ keys, using }) => using?.epoch === keys.nextEpoch() - 1,
		);
		return newest && [...this.pages].every(([id, { using }]) => this.#allOpen(id, using));
	}

	#allOpen(id: string, using: SenderKey | null): boolean {
		return [...this.pages].every(
			([other, { opens }]) => other === id || opens.get(id)?.epoch === using?.epoch,
		);
	}

	#pass(sender: string, command: KeyCommand): void {
		if (command.type === "WrapKeys") {
			const { epoch, rosterHash } = command;
			for (const { to, wrapped, signature } of command.keys) {
				const event = {
					type: "KeysWrapped",
					sender,
					epoch,
					rosterHash,
					wrapped,
					signature,
				} as const;
				void this.pages.get(to)?.keys.hear(event);
			}
		} else if (command.type === "AcknowledgeKey") {
			const { epoch, proof } = command;
			const event = { type: "KeyAcknowledged", sender, epoch, proof } as const;
			void this.pages.get(command.to)?.keys.hear(event);
		} else void this.pages.get(command.to)?.keys.hear({ type: "KeyAsked", sender });
	}

	async converge(): Promise<void> {
		while (!this.hasConverged) await pause(1);
	}

	close(): void {
		for (const { keys } of this.pages.values()) keys.close();
	}
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Milliseconds: from the last one's coming, by the clock, and processor time of all pages together. */
async function measure(people: number): Promise<readonly [number, number]> {
	const room = new Room();
	for (let index = 1; index < people; index += 1) await room.join(`p${index}`);
	await room.converge();
	await pause(REST_MS);
	const [began, busy] = [performance.now(), process.cpuUsage()];
	await room.join("last");
	await room.converge();
	const { user, system } = process.cpuUsage(busy);
	room.close();
	return [performance.now() - began, (user + system) / 1_000];
}

const median = (values: readonly number[]) =>
	[...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
const figures = [];
for (const people of PEOPLE) {
	const rounds = [];
	for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(people));
	figures.push({
		people,
		elapsed: median(rounds.map(([elapsed]) => elapsed)),
		busy: median(rounds.map(([, busy]) => busy)),
	});
}
console.log(JSON.stringify(figures));
