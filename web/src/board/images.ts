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
const QUALITIES = [0.85, 0.7, 0.5] as const;
/** How much of what is seen an image takes at first. */
const PART_OF_VIEW = 0.7;
const SIDES = [1_600, 1_200, 800, 500] as const;

type Bytes = (image: PastedImage) => Uint8Array<ArrayBuffer> | null;

/** What is decoded of one board. */
export class Images {
	readonly #bytes: Bytes;
	readonly #changed: () => void;
	/** Null: no image that can be shown, or not yet. */
	readonly #known = new Map<string, ImageBitmap | null>();

	constructor(bytes: Bytes, changed: () => void) {
		this.#bytes = bytes;
		this.#changed = changed;
	}

	of(drawn: PastedImage): ImageBitmap | null {
		const known = this.#known.get(drawn.image);
		if (known === undefined) void this.#decode(drawn);
		return known ?? null;
	}

	/** Everything that can be shown is there then. */
	async ready(objects: readonly Placed[]): Promise<void> {
		await Promise.all(
			objects.map(
				({ drawn }) => isImage(drawn) && !this.#known.get(drawn.image) && this.#decode(drawn),
			),
		);
	}

	stop(): void {
		for (const bitmap of this.#known.values()) bitmap?.close();
		this.#known.clear();
	}

	async #decode(drawn: PastedImage): Promise<void> {
		const bytes = this.#bytes(drawn);
		// Parts of it are still on their way.
		if (!bytes) return;
		this.#known.set(drawn.image, null);
		if (!isShown(bytes)) return;
		try {
			const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
			this.#known.set(drawn.image, bitmap);
			this.#changed();
		} catch {
			// Damaged: the place where it would be stays marked.
		}
	}
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

function isShown(bytes: Uint8Array): boolean {
	const size = sizeOfJpeg(bytes);
	return size !== null && size.width <= MOST_SIDE && size.height <= MOST_SIDE;
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
