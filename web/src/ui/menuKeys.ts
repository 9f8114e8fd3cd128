/** Which item of a menu a key leads to (WAI-ARIA Authoring Practices, menu button). */

/** Place of the item to go to; null when the key means something else. */
export function itemFor(key: string, now: number, labels: readonly string[]): number | null {
	const count = labels.length;
	if (count === 0) return null;
	switch (key) {
		case "ArrowDown":
			return (now + 1) % count;
		case "ArrowUp":
			return (Math.max(now, 0) + count - 1) % count;
		case "Home":
			return 0;
		case "End":
			return count - 1;
		default:
			return itemBeginningWith(key, now, labels);
	}
}

/** The next one that begins with this letter, so that pressing it again goes on to the one after. */
function itemBeginningWith(key: string, now: number, labels: readonly string[]): number | null {
	if ([...key].length !== 1 || key === " ") return null;
	const letter = key.toLocaleLowerCase();
	const begins = labels.map((label) => label.toLocaleLowerCase().startsWith(letter));
	const after = begins.indexOf(true, now + 1);
	const found = after < 0 ? begins.indexOf(true) : after;
	return found < 0 ? null : found;
}
