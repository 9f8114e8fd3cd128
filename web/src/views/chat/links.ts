/** Finds web addresses in what people write. Text stays text: views make elements of the parts. */

export type Part =
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "link"; readonly text: string; readonly href: string };

const address = /https?:\/\/[^\s<>"“”]+/giu;
/** Belongs to the sentence rather than to the address, at its end. */
const trailing = /[.,;:!?'’*_~]$/u;

export function partsOf(text: string): readonly Part[] {
	const parts: Part[] = [];
	let rest = 0;
	for (const match of text.matchAll(address)) {
		const found = trimmed(match[0]);
		const href = safeHref(found);
		if (href === null) continue;
		if (match.index > rest) parts.push({ kind: "text", text: text.slice(rest, match.index) });
		parts.push({ kind: "link", text: found, href });
		rest = match.index + found.length;
	}
	if (rest < text.length) parts.push({ kind: "text", text: text.slice(rest) });
	return parts;
}

/** Without the full stop of the sentence, and without a bracket that was opened before the address. */
function trimmed(found: string): string {
	let kept = found;
	for (;;) {
		if (trailing.test(kept)) kept = kept.slice(0, -1);
		else if (kept.endsWith(")") && count(kept, ")") > count(kept, "(")) kept = kept.slice(0, -1);
		else if (kept.endsWith("]") && count(kept, "]") > count(kept, "[")) kept = kept.slice(0, -1);
		else return kept;
	}
}

function count(text: string, character: string): number {
	return text.split(character).length - 1;
}

/** Only http and https, as the browser itself reads the address; never a name and password in it. */
function safeHref(found: string): string | null {
	try {
		const url = new URL(found);
		const web = url.protocol === "https:" || url.protocol === "http:";
		return web && url.username === "" && url.password === "" ? url.href : null;
	} catch {
		return null;
	}
}
