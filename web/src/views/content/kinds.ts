/** What kind of file it is, from what the browser of whoever shared it said it is. */
import type { IconName } from "../../ui/Icon";

export function iconOf(mediaType: string): IconName {
	const [kind] = mediaType.split("/");
	if (kind === "image") return "fileImage";
	if (kind === "video") return "fileVideo";
	if (kind === "audio") return "fileSound";
	return kind === "text" || mediaType === "application/pdf" ? "fileText" : "file";
}

/** How a page shows it; a browser that cannot says so. SVG is not among the pictures: the server sends none. */
export function sheetOf(mediaType: string): "picture" | "text" | "film" | "sound" | "pdf" | "none" {
	if (/^image\/(png|jpeg|gif|webp|avif)$/u.test(mediaType)) return "picture";
	if (/^video\/(mp4|webm|ogg)$/u.test(mediaType)) return "film";
	if (/^audio\/(mpeg|mp4|ogg|wav|webm|flac)$/u.test(mediaType)) return "sound";
	if (mediaType === "application/pdf") return "pdf";
	return mediaType.startsWith("text/") || mediaType === "application/json" ? "text" : "none";
}
