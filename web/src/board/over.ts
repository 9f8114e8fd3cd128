/** A board that begins with a picture, to draw over it. */
import { BoardDocument } from "./document";
import { sizeOfJpeg, toJpeg } from "./images";

/** Bytes of one update. */
const MOST_BYTES = 40_000;

/** What has to be drawn on an empty board; null for what cannot be read as a picture. */
export async function updatesWith(
	picture: Blob,
	name: string,
): Promise<readonly Uint8Array[] | null> {
	const jpeg = await toJpeg(picture);
	const size = jpeg && sizeOfJpeg(jpeg);
	if (!jpeg || !size) return null;
	const document = new BoardDocument();
	const to = { x: size.width / 2, y: size.height / 2 };
	document.addImage(jpeg, { from: { x: -to.x, y: -to.y }, to }, name);
	const updates: Uint8Array[] = [];
	for (
		let piece = document.takeWaiting(MOST_BYTES);
		piece;
		piece = document.takeWaiting(MOST_BYTES)
	) {
		updates.push(piece.update);
	}
	document.destroy();
	return updates;
}
