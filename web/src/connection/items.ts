/** Files of the room over HTTP: where they are, and whether they can be had. */
import { decodeRefusal } from "../protocol/codec";
import type { Refusal } from "../protocol/generated";

export function itemAddress(id: string, key: string): string {
	return `/api/v1/items/${encodeURIComponent(id)}?key=${encodeURIComponent(key)}`;
}

export type Fetched = "there" | "no answer" | Refusal;

/** Asks for one byte: a browser that downloads an error says nothing that helps. */
export async function lookFor(address: string): Promise<Fetched> {
	try {
		const answer = await fetch(address, { headers: { Range: "bytes=0-0" }, cache: "no-store" });
		// 416: an empty file has no first byte.
		if (answer.ok || answer.status === 416) return "there";
		return decodeRefusal(await answer.text()) ?? "no answer";
	} catch {
		return "no answer";
	}
}

/** The browser's own download, with its own progress. */
export function saveAs(address: string, name: string): void {
	const link = document.createElement("a");
	link.href = address;
	link.download = name;
	link.click();
}

/** All of a file; null when it cannot be had. */
export async function blobAt(address: string): Promise<Blob | null> {
	try {
		const answer = await fetch(address);
		return answer.ok ? await answer.blob() : null;
	} catch {
		return null;
	}
}

export function chatAddress(form: string, key: string): string {
	return `/api/v1/chat?form=${form}&key=${encodeURIComponent(key)}`;
}

/** Asks for the head alone, and where it is refused for why. */
export async function lookForChat(address: string): Promise<Fetched> {
	try {
		if ((await fetch(address, { method: "HEAD", cache: "no-store" })).ok) return "there";
		return decodeRefusal(await (await fetch(address)).text()) ?? "no answer";
	} catch {
		return "no answer";
	}
}

/** Bytes of text that a page shows. */
const MOST_TEXT = 1_000_000;

/** As much of a text as says whether it is too long. */
export async function textAt(address: string): Promise<string | "too long" | null> {
	try {
		const answer = await fetch(address, {
			headers: { Range: `bytes=0-${MOST_TEXT}` },
			cache: "no-store",
		});
		if (answer.status === 416) return "";
		if (!answer.ok) return null;
		const bytes = await answer.arrayBuffer();
		return bytes.byteLength > MOST_TEXT ? "too long" : new TextDecoder().decode(bytes);
	} catch {
		return null;
	}
}
