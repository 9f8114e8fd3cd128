/** A board as a file on the person's own disk. */
import { systemClock } from "../core/clock";
import type { BoardDocument } from "./document";
import { toPng } from "./export";
import type { Surface } from "./surface";
import { toSvg } from "./svg";

export type FileKind = "png" | "svg" | "pdf";

/** How long a browser may take to begin to save a file, in milliseconds. */
const KEEP_FILE_MS = 60_000;

/** Returns whether it could be made. */
export async function save(
	kind: FileKind,
	name: string,
	document: BoardDocument,
	surface: Surface,
): Promise<boolean> {
	const blob = await fileOf(kind, name, document, surface);
	if (blob) download(blob, `${name}.${kind}`);
	return blob !== null;
}

async function fileOf(
	kind: FileKind,
	name: string,
	document: BoardDocument,
	{ palette, images }: Surface,
): Promise<Blob | null> {
	if (!palette) return null;
	if (kind === "png") return toPng(document, palette, images);
	if (kind === "pdf") {
		const { toPdf } = await import("./pdf");
		return toPdf(document, palette, images);
	}
	const text = toSvg(document.objects, palette, name, (drawn) => document.bytesOf(drawn));
	return new Blob([text], { type: "image/svg+xml" });
}

function download(blob: Blob, name: string): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	// Firefox begins to read it only after this.
	systemClock.after(KEEP_FILE_MS, () => URL.revokeObjectURL(link.href));
}
