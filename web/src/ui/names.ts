/** What can be shown of a name: its initials, its tint, and a shorter form of long room names. */

const tints = 8;

/** The same name has the same tint everywhere and always (FNV-1a over its code points). */
export function tintOf(name: string): number {
	let hash = 0x811c9dc5;
	for (const character of name) {
		hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
	}
	return (hash >>> 0) % tints;
}

/** First letters of the first and the last word; whole graphemes, so that no emoji is cut. */
export function initialsOf(name: string): string {
	const parts = name.trim().split(/\s+/u);
	const first = parts[0] ?? "";
	const last = parts.length > 1 ? (parts.at(-1) ?? "") : "";
	return (firstGrapheme(first) + firstGrapheme(last)).toLocaleUpperCase();
}

function firstGrapheme(word: string): string {
	const segments = new Intl.Segmenter().segment(word);
	for (const { segment } of segments) return segment;
	return "";
}

/** A generated room name is long and says nothing: show its two ends, so that two can be told apart. */
export function shortRoomName(name: string): string {
	return name.length > 20 ? `${name.slice(0, 8)}…${name.slice(-4)}` : name;
}
