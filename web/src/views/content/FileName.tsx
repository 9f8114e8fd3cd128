/** A name on one line. Where it is too long its middle goes: the ending says what a file really is. */

const LONGEST_ENDING = 12;

export function FileName({ name }: { readonly name: string }) {
	const cut = endingAt(name);
	return (
		<p class="file-name" dir="auto" title={name}>
			{/* In one piece for screen readers, which would stumble over the cut. */}
			<span class="visually-hidden">{name}</span>
			<span class="file-stem" aria-hidden="true">
				{name.slice(0, cut)}
			</span>
			<span class="file-ending" aria-hidden="true">
				{name.slice(cut)}
			</span>
		</p>
	);
}

/** Where the ending begins, with a few letters before it. */
export function endingAt(name: string): number {
	const dot = name.lastIndexOf(".");
	if (dot <= 0 || name.length - dot > LONGEST_ENDING) return name.length;
	const cut = Math.max(0, dot - 3);
	// Not through the middle of a character of two units.
	return /[\uDC00-\uDFFF]/u.test(name.charAt(cut)) ? cut + 1 : cut;
}
