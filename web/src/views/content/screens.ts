/** Which screens are being shown, and whose is on top. */
import type { RemoteMedia } from "../../state/media";
import type { Meeting } from "../../state/model";
import { everybody } from "../people/everybody";

export interface SharedScreen {
	readonly id: string;
	readonly name: string;
	readonly stream: MediaStream | null;
}

/** Screens of the others. One's own is not among them: who shows something wants to see the faces. */
export function screensOf(
	meeting: Meeting,
	remote: Readonly<Record<string, RemoteMedia>>,
): readonly SharedScreen[] {
	return everybody(meeting)
		.filter((one) => one.screen && one.id !== meeting.you)
		.map((one) => ({ id: one.id, name: one.name, stream: remote[one.id]?.screenStream ?? null }));
}
