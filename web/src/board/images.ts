/**
 * Images on a board. A page makes them small before it puts them there: JPEG, a few parts of the document. What
 * comes from others is measured before the browser decodes it: few bytes can say that they are a huge picture.
 */
import type { Area, Window } from "./geometry";
import {
	isImage,
	MOST_PARTS,
	PART_BYTES,
	type PastedImage,
	type Placed,
	type Point,
} from "./model";

/** Pixels of a side. */
const MOST_SIDE = 2_048;
/** Pixels of all that is decoded at a time: 4 bytes each. */
const MOST_PIXELS = 64_000_000;
const QUALITIES = [0.85, 0.7, 0.5] as const;
/** How much of what is seen an image takes at first. */
const PART_OF_VIEW = 0.7;
const SIDES = [1_600, 1_200, 800, 500] as const;

type Bytes = (image: PastedImage) => Uint8Array<ArrayBuffer> | null;

/** One image, decoded or on its way there. */
interface Kept {
	/** Null: not yet, or damaged. */
	bitmap: ImageBitmap | null;
	readonly pixels: number;
	/** The last picture that it was asked for. */
	picture: number;
	done: Promise<void>;
}

/** What is decoded of one board: so many pixels of what was asked for last, and of the rest nothing. */
export class Images {
	readonly #bytes: Bytes;
	readonly #changed: () => void;
	/** What was asked for longest ago comes first. */
	readonly #kept = new Map<string, Kept>();
	/** Pixels of what was measured; 0: no image that can be shown. */
	readonly #sizes = new Map<string, number>();
	#picture = 0;
	#stopped = false;

	constructor(bytes: Bytes, changed: () => void) {
		this.#bytes = bytes;
		this.#changed = changed;
	}

	/** Another picture is painted: what is not asked for again may go. */
	begin(): void {
		this.#picture += 1;
	}

	/** Null: not there yet, never, or too much for this picture. */
	of(drawn: PastedImage): ImageBitmap | null {
		return this.#find(drawn)?.bitmap ?? null;
	}

	/** Everything that can be shown is there then, as far as there is room. */
	async ready(objects: readonly Placed[]): Promise<void> {
		this.begin();
		await Promise.all(objects.map(({ drawn }) => isImage(drawn) && this.#find(drawn)?.done));
	}

	stop(): void {
		this.#stopped = true;
		for (const id of [...this.#kept.keys()]) this.#close(id);
	}

	#find(drawn: PastedImage): Kept | null {
		const found = this.#kept.get(drawn.image) ?? this.#decode(drawn);
		if (!found) return null;
		found.picture = this.#picture;
		this.#kept.delete(drawn.image);
		this.#kept.set(drawn.image, found);
		return found;
	}

	/** Null where it cannot be shown now. */
	#decode(drawn: PastedImage): Kept | null {
		const pixels = this.#sizeOf(drawn);
		if (this.#stopped || pixels === 0 || !this.#makeRoom(pixels)) return null;
		const bytes = this.#bytes(drawn);
		if (!bytes) return null;
		const kept: Kept = { bitmap: null, pixels, picture: 0, done: Promise.resolve() };
		kept.done = this.#fill(drawn.image, kept, bytes);
		return kept;
	}

	async #fill(id: string, kept: Kept, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
		let bitmap: ImageBitmap;
		try {
			bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
		} catch {
			// Damaged: the place where it would be stays marked, and takes no room.
			this.#sizes.set(id, 0);
			if (this.#kept.get(id) !== kept) return;
			this.#kept.delete(id);
			return this.#changed();
		}
		// Closed, or its room was needed, while it was on its way.
		if (this.#kept.get(id) !== kept) return bitmap.close();
		kept.bitmap = bitmap;
		this.#changed();
	}

	/** Measured once: a large board asks for it with each picture. */
	#sizeOf(drawn: PastedImage): number {
		const known = this.#sizes.get(drawn.image);
		const bytes = known === undefined ? this.#bytes(drawn) : null;
		// Parts of it may still be on their way.
		if (!bytes) return known ?? 0;
		const pixels = pixelsOf(bytes);
		this.#sizes.set(drawn.image, pixels);
		return pixels;
	}

	/** Whether there is: nothing goes that this picture needs. */
	#makeRoom(pixels: number): boolean {
		const all = [...this.#kept];
		const needed = all.filter(([, { picture }]) => picture === this.#picture);
		if (sumOf(needed) + pixels > MOST_PIXELS) return false;
		let sum = sumOf(all);
		for (const [id, kept] of all) {
			if (sum + pixels <= MOST_PIXELS) break;
			if (kept.picture === this.#picture) continue;
			sum -= kept.pixels;
			this.#close(id);
		}
		return true;
	}

	#close(id: string): void {
		this.#kept.get(id)?.bitmap?.close();
		this.#kept.delete(id);
	}
}

function sumOf(kept: readonly (readonly [string, Kept])[]): number {
	return kept.reduce((sum, [, { pixels }]) => sum + pixels, 0);
}

/** Null for what the browser cannot read as a picture. */
export async function toJpeg(file: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
	let bitmap: ImageBitmap;
	try {
		bitmap = await createImageBitmap(file);
	} catch {
		return null;
	}
	return jpegOf(bitmap, bitmap).finally(() => bitmap.close());
}

/** As good as fits into a board. Transparent is white. */
async function jpegOf(
	picture: CanvasImageSource,
	{ width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array<ArrayBuffer> | null> {
	for (const side of SIDES) {
		const scale = Math.min(1, side / Math.max(width, height));
		const canvas = document.createElement("canvas");
		canvas.width = Math.max(1, Math.round(width * scale));
		canvas.height = Math.max(1, Math.round(height * scale));
		const context = canvas.getContext("2d");
		if (!context) return null;
		context.fillStyle = "white";
		context.fillRect(0, 0, canvas.width, canvas.height);
		context.drawImage(picture, 0, 0, canvas.width, canvas.height);
		for (const quality of QUALITIES) {
			const blob = await new Promise<Blob | null>((resolve) =>
				canvas.toBlob(resolve, "image/jpeg", quality),
			);
			if (blob && blob.size <= MOST_PARTS * PART_BYTES) {
				return new Uint8Array(await blob.arrayBuffer());
			}
		}
	}
	return null;
}

/** In the middle of what is seen, as large as it is or as fits. */
export function pasteAt(
	{ width, height }: { readonly width: number; readonly height: number },
	window: Window,
	area: Area,
): { readonly from: Point; readonly to: Point } {
	const room = {
		width: (area.width * PART_OF_VIEW) / window.zoom,
		height: (area.height * PART_OF_VIEW) / window.zoom,
	};
	const scale = Math.min(1, room.width / width, room.height / height);
	const wide = (width * scale) / 2;
	const high = (height * scale) / 2;
	return {
		from: { x: window.x - wide, y: window.y - high },
		to: { x: window.x + wide, y: window.y + high },
	};
}

/** 0: no image that can be shown. */
function pixelsOf(bytes: Uint8Array): number {
	const size = sizeOfJpeg(bytes);
	if (!size || Math.max(size.width, size.height) > MOST_SIDE) return 0;
	return size.width * size.height;
}

/** As its frame header says (ITU T.81, B.2.2); null for what is no JPEG. */
export function sizeOfJpeg(
	bytes: Uint8Array,
): { readonly width: number; readonly height: number } | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
	let at = 2;
	while (at + 9 <= bytes.length) {
		const marker = view.getUint16(at);
		if (marker < 0xff01) return null;
		const isFrame =
			marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
		if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
		// The picture itself begins, and nobody said how large it is.
		if (marker === 0xffda) return null;
		at += 2 + view.getUint16(at + 2);
	}
	return null;
}
