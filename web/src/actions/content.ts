/** What a person does with files: sends, fetches and removes them. */
import { signal } from "@preact/signals";
import {
	blobAt,
	chatAddress,
	type Fetched,
	itemAddress,
	lookFor,
	lookForChat,
	saveAs,
	textAt,
} from "../connection/items";
import type { Answer } from "../connection/line";
import type { Send } from "../connection/sending";
import type { Clock, Timer } from "../core/clock";
import type { Command, ContentItem, Refusal, View } from "../protocol/generated";
import { isBoard } from "../state/boards";
import type { Meeting } from "../state/model";
import { whyNoScreen } from "../state/room";
import type { Actions, PageState } from "./actions";
import type { HostingDesk } from "./hosting";
import type { Store } from "./store";
import { Uploading } from "./uploading";

/** How long a removed file can be kept after all. */
export const KEEP_WITHIN_MS = 4_000;

export interface ContentDesk {
	readonly state: Pick<PageState, "uploads" | "removing">;
	readonly actions: Pick<
		Actions,
		| "upload"
		| "pauseUpload"
		| "goOnWithUpload"
		| "cancelUpload"
		| "download"
		| "removeItem"
		| "keepItem"
		| "readText"
		| "readFile"
		| "addressOf"
		| "loadUsage"
		| "present"
		| "moveView"
		| "closeItem"
	>;
	saveChat(form: "text" | "json"): Promise<void>;
	/** The connection to the server was lost. */
	lost(): void;
	/** In again. */
	resume(): void;
	/** Out of the meeting. */
	left(): void;
}

interface Server {
	/** Whether it can be asked at all. */
	online(): boolean;
	request(command: Command): Promise<Answer | null>;
}

export function makeContentDesk(
	store: Store,
	clock: Clock,
	told: Pick<HostingDesk, "ask" | "note">,
	server: Server,
	loadSend: () => Promise<Send> = () =>
		import("../connection/sending").then((file) => file.sendFile),
): ContentDesk {
	const key = () => store.meeting()?.contentKey ?? "";
	const uploading = new Uploading({ clock, key, online: server.online, loadSend });
	const moving = makeMoving(clock, (command) => void server.request(command));
	const removing = signal<ReadonlySet<string>>(new Set());
	const timers = new Map<string, Timer>();

	function keepItem(id: string): void {
		timers.get(id)?.cancel();
		timers.delete(id);
		removing.value = new Set(timers.keys());
	}

	function removeItem(id: string): void {
		if (timers.has(id)) return;
		const meeting = store.meeting();
		const board = meeting !== null && isBoard(meeting, id);
		const remove = () => {
			const command: Command = board
				? { type: "RemoveBoard", board: id }
				: { type: "RemoveContent", item: id };
			void told.ask(command).then(() => keepItem(id));
		};
		timers.set(id, clock.after(KEEP_WITHIN_MS, remove));
		removing.value = new Set(timers.keys());
	}

	async function download({ id, name }: ContentItem): Promise<void> {
		const address = itemAddress(id, key());
		fetched(name, address, await lookFor(address));
	}

	function fetched(name: string, address: string, found: Fetched): void {
		if (found === "there") saveAs(address, name);
		else told.note({ kind: "not fetched", name, refusal: found === "no answer" ? null : found });
	}

	async function saveChat(form: "text" | "json"): Promise<void> {
		const room = store.meeting()?.room.name ?? "";
		const name = `chat-${room}.${form === "text" ? "txt" : "json"}`;
		const address = chatAddress(form, key());
		fetched(name, address, await lookForChat(address));
	}

	return {
		saveChat,
		state: { uploads: uploading.uploads, removing },
		actions: {
			upload(files) {
				const meeting = store.meeting();
				if (meeting) for (const file of files) uploading.add(file, refusedAlready(meeting, file));
			},
			pauseUpload: (id) => uploading.pause(id),
			goOnWithUpload: (id) => uploading.goOn(id),
			cancelUpload: (id) => uploading.cancel(id),
			download,
			removeItem,
			keepItem,
			readText: ({ id }) => textAt(itemAddress(id, key())),
			readFile: (id) => blobAt(itemAddress(id, key())),
			addressOf: (id) => itemAddress(id, key()),
			async loadUsage() {
				const answer = await server.request({ type: "LoadUsage" });
				return answer?.type === "UsageLoaded" ? answer : null;
			},
			present: (item) => void told.ask({ type: "PresentContent", item }),
			moveView: moving,
			closeItem: (item) => void told.ask({ type: "CloseContent", item }),
		},
		lost: () => uploading.lost(),
		resume: () => uploading.resume(),
		left() {
			uploading.end();
			for (const id of [...timers.keys()]) keepItem(id);
		},
	};
}

/** Between two places that are sent: what lies between, nobody misses. */
const MOVE_EVERY_MS = 150;

/** Sends the last place and not every one on the way. */
function makeMoving(
	clock: Clock,
	send: (command: Command) => void,
): (item: string, view: View) => void {
	let next: Command | null = null;
	let timer: Timer | null = null;

	function flush(): void {
		timer = null;
		if (next === null) return;
		send(next);
		next = null;
		timer = clock.after(MOVE_EVERY_MS, flush);
	}

	return (item, view) => {
		next = { type: "MoveView", item, view };
		if (timer === null) flush();
	};
}

/** What the server would say: nobody has to wait for it. */
function refusedAlready(meeting: Meeting, { size }: File): Refusal | null {
	if (whyNoScreen(meeting) !== null) return { code: "HostsOnly", facts: {} };
	const limit = meeting.limits.file;
	return size > limit ? { code: "FileTooLarge", facts: { limit } } : null;
}
