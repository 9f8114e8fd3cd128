/** What belongs to one board that is open; none of it is state of the room. */
import { type Signal, signal } from "@preact/signals";
import type { RoomPage } from "../actions/actions";
import type { Board, Point, View } from "../protocol/generated";
import type { Meeting } from "../state/model";
import { BoardDocument } from "./document";
import { isUntouched, viewOf, windowOf } from "./following";
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
	/** Look where somebody else does, as long as nothing else is looked at. */
	follow(view: View): void;
	/** Where one looks, as it is told to the others; null before anything is seen. */
	readonly view: View | null;
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
		follow(view) {
			const made = surface.peek();
			if (!made || made.area.width === 0) return;
			const page = document.pages[view.page - 1]?.id ?? "";
			if (page !== document.page) document.turnTo(page);
			if (isUntouched(view)) made.showAll();
			else made.show(windowOf(view, made.area));
		},
		get view() {
			const made = surface.peek();
			const page = document.pages.findIndex(({ id }) => id === document.page) + 1;
			return made && viewOf(made.window.peek(), made.area, page);
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
	/** Of whoever presents; null while one looks elsewhere, or presents oneself. */
	readonly followed: View | null;
}
