/** Which pictures this page shows, and how large: what is not shown need not be sent here. */
import type { Clock, Timer } from "../core/clock";
import type { Tile } from "../protocol/generated";
import type { PictureSize } from "../state/media";

export interface TilesOptions {
	readonly clock: Clock;
	tell(tiles: readonly Tile[]): void;
}

/** Tiles move and windows are dragged: only where they come to rest counts. */
const REST_MS = 300;
/** What one message may hold, and more than anybody looks at. */
const MOST_TILES = 400;
const MOST_PIXELS = 16_384;

export class ShownTiles {
	readonly #options: TilesOptions;
	readonly #shown = new Map<string, Tile>();
	#first: string | null = null;
	readonly #chosen = new Set<string>();
	#visible = true;
	#followed = false;
	#told: string | null = null;
	#timer: Timer | null = null;

	constructor(options: TilesOptions) {
		this.#options = options;
	}

	/** `size`: null when it is not on the screen. */
	show(participant: string, slot: Tile["slot"], size: PictureSize | null): void {
		const key = keyOf(participant, slot);
		if (size === null) this.#shown.delete(key);
		else {
			const [width, height] = [size.width, size.height].map((pixels) =>
				Math.max(0, Math.min(MOST_PIXELS, Math.round(pixels))),
			) as [number, number];
			this.#shown.set(key, { participant, slot, width, height });
		}
		this.#changed();
	}

	/** Who speaks: gets bandwidth before the others. */
	first(participant: string | null): void {
		this.#first = participant;
		this.#changed();
	}

	/**
	 * What the person chose to see: pinned, or filling the screen. It gets bandwidth before the others as who
	 * speaks does, and before who speaks where it is shown larger.
	 */
	choose(participant: string, slot: Tile["slot"], chosen: boolean): void {
		const key = keyOf(participant, slot);
		if (chosen) this.#chosen.add(key);
		else this.#chosen.delete(key);
		this.#changed();
	}

	/** Whether anybody looks at the page. */
	visible(visible: boolean): void {
		this.#visible = visible;
		this.#changed();
	}

	shows(participant: string, slot: Tile["slot"] = "camera"): boolean {
		return this.#visible && this.#shown.has(keyOf(participant, slot));
	}

	/** Whether the server wants to know; true again: tell it once more, it may have forgotten. */
	follow(followed: boolean): void {
		this.#followed = followed;
		this.#told = null;
		if (followed) this.#tell();
		else this.#cancel();
	}

	#changed(): void {
		if (this.#followed) {
			this.#timer ??= this.#options.clock.after(REST_MS, () => this.#tell());
		}
	}

	#tell(): void {
		this.#cancel();
		const tiles = this.#tiles();
		const told = JSON.stringify(tiles);
		if (told === this.#told) return;
		this.#told = told;
		this.#options.tell(tiles);
	}

	#tiles(): readonly Tile[] {
		if (!this.#visible) return [];
		return [...this.#shown.values()]
			.slice(0, MOST_TILES)
			.map((tile) => ({ ...tile, first: this.#isFirst(tile) }));
	}

	/** Few, or the share of each is small again. */
	#isFirst({ participant, slot }: Tile): boolean {
		return participant === this.#first || this.#chosen.has(keyOf(participant, slot));
	}

	#cancel(): void {
		this.#timer?.cancel();
		this.#timer = null;
	}
}

function keyOf(participant: string, slot: Tile["slot"]): string {
	return `${slot} ${participant}`;
}
