/** Files that come by being dropped or pasted. */

interface Offer {
	readonly types: readonly string[];
	readonly files: Iterable<File>;
}

export function bringsFiles({ types }: Pick<Offer, "types">): boolean {
	return types.includes("Files");
}

/** What somebody pastes who is writing is text, where there is text: word processors add a picture of it. */
export function pastedFiles(offer: Offer, writing: boolean): readonly File[] {
	if (writing && offer.types.some((type) => type.startsWith("text/"))) return [];
	return [...offer.files];
}
