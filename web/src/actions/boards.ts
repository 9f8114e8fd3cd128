/** What a person does with whiteboards: makes and removes them, and the way to each that is open. */
import {
	type BoardSnapshot,
	decodeUpdate,
	encodeUpdate,
	fetchBoard,
	fetchSnapshot,
	listSnapshots,
} from "../connection/boards";
import type { Answer } from "../connection/line";
import type { Clock } from "../core/clock";
import type { Command, Event, Point, Refusal } from "../protocol/generated";
import { whyNoScreen } from "../state/room";
import type { Actions } from "./actions";
import type { HostingDesk } from "./hosting";
import type { Store } from "./store";
import { hasStrokes } from "./strokes";

/** What comes from the others, while a board is open. */
export interface BoardListener {
	drawn(number: number, update: Uint8Array): void;
	pointed(participant: string, at: Point | null): void;
	/** Something was left out: watch and fetch anew. */
	missed(): void;
	/** In again: watch and fetch anew. */
	resumed(): void;
}

/** One board that is open on this page. */
export interface BoardLink {
	/** Null: from now on the listener hears of it. */
	watch(): Promise<Refusal | "lost" | null>;
	fetch(after: number): ReturnType<typeof fetchBoard>;
	/** Null once it is safely kept; "lost" when nobody knows, so that it has to be sent again. */
	draw(update: Uint8Array): Promise<Refusal | "lost" | null>;
	point(at: Point | null): void;
	close(): void;
}

/** What is kept of how a board was. */
export interface Snapshots {
	/** Newest first; null when they cannot be had. */
	list(): Promise<readonly BoardSnapshot[] | null>;
	/** True once it is kept how the board is now; otherwise a note says why not. */
	keep(): Promise<boolean>;
	fetch(snapshot: string): Promise<Uint8Array | null>;
}

export interface BoardDesk {
	readonly actions: Pick<
		Actions,
		"makeBoard" | "drawOver" | "openBoard" | "renameBoard" | "snapshotsOf"
	>;
	heard(event: Event): void;
	resume(): void;
}

export function makeBoardDesk(
	store: Store,
	told: Pick<HostingDesk, "ask" | "note">,
	request: (command: Command) => Promise<Answer | null>,
	clock: Clock,
): BoardDesk {
	const open = new Map<string, BoardListener>();

	/** Its id; null when there is none, which a note says. */
	async function addBoard(name: string): Promise<string | null> {
		const answer = await request({ type: "AddBoard", name });
		if (answer?.type === "BoardMade") return answer.board;
		const refusal = answer?.type === "Refused" ? answer.refusal : null;
		told.note({ kind: "refused", command: "AddBoard", refusal });
		return null;
	}

	async function show(board: string): Promise<void> {
		const meeting = store.meeting();
		if (!meeting || whyNoScreen(meeting) !== null) return;
		await told.ask({ type: "PresentContent", item: board });
	}

	async function makeBoard(name: string): Promise<void> {
		const board = await addBoard(name);
		if (board !== null) await show(board);
	}

	async function drawOver(name: string, read: () => Promise<Blob | null>): Promise<void> {
		const picture = await read();
		const { updatesWith } = await import("../board/over");
		const updates = picture && (await updatesWith(picture, name));
		if (!updates) return told.note({ kind: "not fetched", name, refusal: null });
		const board = await addBoard(shortened(name, store.meeting()?.limits.name ?? 0));
		if (board === null) return;
		// The picture shows once the last of it is there.
		for (const update of updates) {
			const refusal = await draw(board, update);
			if (refusal === null) continue;
			const why = refusal === "lost" ? null : refusal;
			return told.note({ kind: "refused", command: "Draw", refusal: why });
		}
		await show(board);
	}

	async function draw(board: string, update: Uint8Array): Promise<Refusal | "lost" | null> {
		return whyNot(await request({ type: "Draw", board, update: encodeUpdate(update) }));
	}

	/** What this browser could not send before; a page that shows the board sees to that itself. */
	async function sendOld(): Promise<void> {
		if (!hasStrokes()) return;
		const boards = store.meeting()?.boards.map(({ id }) => id) ?? [];
		const { sendLeft } = await import("../board/leftovers");
		const closed = boards.filter((id) => !open.has(id));
		await sendLeft(closed, draw, clock);
	}

	function openBoard(board: string, listener: BoardListener): BoardLink {
		open.set(board, listener);
		return {
			watch: async () => whyNot(await request({ type: "WatchBoard", board })),
			fetch: (after) => fetchBoard(board, store.meeting()?.contentKey ?? "", after),
			draw: (update) => draw(board, update),
			point: (at) => void request({ type: "PointOnBoard", board, at }),
			close() {
				if (open.get(board) !== listener) return;
				open.delete(board);
				void request({ type: "UnwatchBoard", board });
			},
		};
	}

	return {
		actions: {
			makeBoard: (name) => void makeBoard(name),
			drawOver,
			openBoard,
			renameBoard: (board, name) => told.ask({ type: "RenameBoard", board, name }),
			snapshotsOf: (board) => ({
				list: () => listSnapshots(board, store.meeting()?.contentKey ?? ""),
				keep: () => told.ask({ type: "KeepSnapshot", board }),
				fetch: (snapshot) => fetchSnapshot(board, store.meeting()?.contentKey ?? "", snapshot),
			}),
		},
		heard(event) {
			if (event.type === "BoardPointed") {
				open.get(event.board)?.pointed(event.participant, event.at);
			} else if (event.type === "BoardMissed") open.get(event.board)?.missed();
			else if (event.type === "BoardDrawn") {
				const update = decodeUpdate(event.update);
				if (update) open.get(event.board)?.drawn(event.number, update);
			}
		},
		resume() {
			for (const listener of open.values()) listener.resumed();
			// Not loaded, or the browser has no place for it: the strokes stay until the next time.
			sendOld().catch(() => undefined);
		},
	};
}

/** Null: it was done. */
function whyNot(answer: Answer | null): Refusal | "lost" | null {
	if (answer === null) return "lost";
	return answer.type === "Refused" ? answer.refusal : null;
}

/** To so many characters: the server takes no longer name. */
function shortened(name: string, limit: number): string {
	const letters = [...name];
	return letters.length > limit ? `${letters.slice(0, limit - 1).join("")}…` : name;
}
