/** Puts text on the clipboard, also where the page may not use navigator.clipboard (plain http). */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copyBySelection(text);
	}
}

function copyBySelection(text: string): boolean {
	const holder = document.createElement("textarea");
	holder.value = text;
	holder.readOnly = true;
	holder.className = "visually-hidden";
	const before = document.activeElement;
	// Inside an open dialog, because everything outside of it cannot take the focus.
	(document.querySelector("dialog[open]") ?? document.body).append(holder);
	holder.select();
	const done = document.execCommand("copy");
	holder.remove();
	if (before instanceof HTMLElement) before.focus();
	return done;
}
