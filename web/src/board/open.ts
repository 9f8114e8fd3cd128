/** What belongs to one board that is open; none of it is state of the room. */
import { type Signal, signal } from "@preact/signals";
import type { RoomPage } from "../actions/actions";
import type { Board, Point } from "../protocol/generated";
import type { Meeting } from "../state/model";
import { BoardDocument } from "./document";
import { Pencil } from "./pencil";
import type { Surface } from "./surface";
import { NOTHING_YET, type SyncState } from "./sync";

export interface Open {
	readonly document: BoardDocument;
	readonly pencil: Pencil;
	readonly version: Signal<number>;
	readonly sync: Signal<SyncState>;
	readonly hands: Signal<ReadonlyMap<string, Point>>;
	readonly said: Signal<string>;
	readonly surface: Signal<Surface | null>;
	/** Show another page of the board here. */
	turn(page: string): void;
}

export function makeOpen(): Open {
	const document = new BoardDocument();
	const surface = signal<Surface | null>(null);
	const pencil = new Pencil(document, () => surface.peek()?.window.peek().zoom ?? 1);
	return {
		document,
		pencil,
		version: signal(0),
		sync: signal(NOTHING_YET),
		hands: signal<ReadonlyMap<string, Point>>(new Map()),
		said: signal(""),
		surface,
		turn(page) {
			pencil.selected.value = [];
			document.turnTo(page);
			surface.value?.fit();
		},
	};
}

/** What each part of a whiteboard gets. */
export interface PartProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly board: Board;
	readonly open: Open;
	readonly mayDraw: boolean;
}
