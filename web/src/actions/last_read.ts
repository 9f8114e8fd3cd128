/** How far one has read in rooms, in this browser, for the line "New" of the next visit. What is read is not believed. */
import { effect } from "@preact/signals";
import { load, save } from "./storage";
import type { Store } from "./store";

const READ_KEY = "meetd.read";
const MOST_ROOMS = 100;
const LONGEST_NAME = 256;

interface Read {
	readonly room: string;
	/** Number of the last message that was on screen. */
	readonly upTo: number;
}

/** Newest first. */
function readAll(): readonly Read[] {
	const { rooms } = load<{ rooms: unknown }>(READ_KEY);
	if (!Array.isArray(rooms)) return [];
	return rooms.flatMap((one: unknown) => checked(one)).slice(0, MOST_ROOMS);
}

function checked(one: unknown): readonly Read[] {
	if (typeof one !== "object" || one === null) return [];
	const { room, upTo } = one as { readonly [Key in keyof Read]?: unknown };
	if (typeof room !== "string" || room.length > LONGEST_NAME) return [];
	return Number.isSafeInteger(upTo) ? [{ room, upTo: upTo as number }] : [];
}

function keep(read: Read): void {
	const others = readAll().filter((one) => one.room !== read.room);
	save(READ_KEY, { rooms: [read, ...others].slice(0, MOST_ROOMS) });
}

export interface LastRead {
	/** In, for the first time or again. */
	welcomed(): void;
	left(): void;
}

export function makeLastRead(store: Store): LastRead {
	let entered = false;
	let kept: Read | null = null;
	effect(() => {
		const meeting = store.meeting();
		if (!entered || meeting === null) return;
		const read = { room: meeting.room.name, upTo: meeting.chat.readUpTo };
		if (kept?.room === read.room && kept.upTo === read.upTo) return;
		kept = read;
		keep(read);
	});
	return {
		welcomed() {
			const meeting = store.meeting();
			if (entered || meeting === null) return;
			entered = true;
			const before = readAll().find((one) => one.room === meeting.room.name);
			// What was said before one came for the first time is not unread.
			const number = before?.upTo ?? meeting.chat.readUpTo;
			store.happen({ type: "MessagesReadBefore", number });
		},
		left() {
			entered = false;
			kept = null;
		},
	};
}
