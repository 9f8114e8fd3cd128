/** What was drawn here and is not safe yet, in the order in which it was drawn. */
import * as Y from "yjs";

/** One update that has to be sent. */
export interface Piece {
	readonly update: Uint8Array;
	/** Of what it changes: the map and the name in it. */
	readonly keys: readonly string[];
	/** By which what a browser keeps of it is found; more than one where pieces were joined. */
	readonly serials: readonly number[];
	/** Empty: this page. Otherwise a page that is gone: updates of two pages are never joined. */
	readonly leftBy: string;
}

export class Waiting {
	#pieces: Piece[] = [];
	#serial = 0;

	get isEmpty(): boolean {
		return this.#pieces.length === 0;
	}

	get keys(): ReadonlySet<string> {
		return new Set(this.#pieces.flatMap(({ keys }) => keys));
	}

	add(update: Uint8Array, keys: readonly string[], leftBy: string): Piece {
		this.#serial += 1;
		const piece = { update, keys, serials: [this.#serial], leftBy };
		this.#pieces.push(piece);
		return piece;
	}

	/** The oldest, as many as fit into so many bytes; one alone may be larger. */
	take(most: number): Piece | null {
		const [first] = this.#pieces;
		if (!first) return null;
		let size = 0;
		let count = 0;
		for (const { update, leftBy } of this.#pieces) {
			size += update.length;
			if (count > 0 && (size > most || leftBy !== first.leftBy)) break;
			count += 1;
		}
		return joined(this.#pieces.splice(0, count));
	}

	/** The first that adds nothing, and takes nothing away of what still waits before it. */
	takeErased(): Piece | null {
		const before = new Set<string>();
		for (const [n, piece] of this.#pieces.entries()) {
			const adds = Y.decodeUpdate(piece.update).structs.length > 0;
			if (!adds && !piece.keys.some((key) => before.has(key))) {
				return this.#pieces.splice(n, 1)[0] ?? null;
			}
			for (const key of piece.keys) before.add(key);
		}
		return null;
	}

	putBack(piece: Piece): void {
		this.#pieces.unshift(piece);
	}

	/** Returns the serials of what waited. */
	clear(): readonly number[] {
		const serials = this.#pieces.flatMap((piece) => piece.serials);
		this.#pieces = [];
		return serials;
	}
}

function joined(pieces: readonly Piece[]): Piece | null {
	const [first, ...rest] = pieces;
	if (!first || rest.length === 0) return first ?? null;
	return {
		update: Y.mergeUpdates(pieces.map(({ update }) => update)),
		keys: [...new Set(pieces.flatMap(({ keys }) => keys))],
		serials: pieces.flatMap(({ serials }) => serials),
		leftBy: first.leftBy,
	};
}
