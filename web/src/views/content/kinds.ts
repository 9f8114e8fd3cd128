/** Which picture goes with a file, from what the browser of whoever shared it said it is. */
import type { IconName } from "../../ui/Icon";

export function iconOf(mediaType: string): IconName {
	const [kind] = mediaType.split("/");
	if (kind === "image") return "fileImage";
	if (kind === "video") return "fileVideo";
	if (kind === "audio") return "fileSound";
	return kind === "text" || mediaType === "application/pdf" ? "fileText" : "file";
}
