/** A WebSocket whose other end is the test. */
import type { Socket } from "../../src/connection/line";
import type { Command, Event, Welcome } from "../../src/protocol/generated";
import { meeting } from "./meeting";

export class FakeSocket implements Socket {
	readyState = 0;
	bufferedAmount = 0;
	closed = false;
	readonly sent: Command[] = [];
	onopen: ((event: never) => void) | null = null;
	onmessage: ((event: { readonly data: unknown }) => void) | null = null;
	onclose: ((event: never) => void) | null = null;
	onerror: ((event: never) => void) | null = null;

	send(data: string): void {
		this.sent.push(JSON.parse(data) as Command);
	}

	close(): void {
		this.closed = true;
		this.readyState = 3;
	}

	open(): void {
		this.readyState = 1;
		this.onopen?.(undefined as never);
	}

	say(event: Event): void {
		this.onmessage?.({ data: JSON.stringify(event) });
	}

	drop(): void {
		this.readyState = 3;
		this.onclose?.(undefined as never);
	}

	/** The last command of this type. */
	last<T extends Command["type"]>(type: T): Extract<Command, { type: T }> | undefined {
		return this.sent.findLast((command) => command.type === type) as never;
	}
}

export function welcome(change: Partial<Welcome> = {}): Welcome {
	const { room, participants, limits, mediaPort } = meeting();
	return {
		type: "Welcome",
		ref: 1,
		seq: 1,
		meeting: "m",
		you: "p0",
		wayBack: "token",
		snapshot: {
			room,
			participants,
			chat: { messages: [], earlier: false },
			content: [],
			boards: [],
			presentation: null,
		},
		paths: [],
		contentKey: "key",
		mediaPort,
		began: 0,
		relayedOnly: false,
		limits,
		now: 5,
		...change,
	};
}
