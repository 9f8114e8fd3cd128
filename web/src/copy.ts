/**
 * Entry of the pages that show a link to hand on: a button that copies it. All words stand in the page;
 * without this script the field with the link can be selected and copied by hand.
 */
import { copyText } from "./ui/clipboard";

const SAID_FOR_MS = 4_000;

type Field = HTMLInputElement | HTMLTextAreaElement;

interface Words {
	readonly copied?: string;
	readonly byHand?: string;
}

function offer(button: HTMLButtonElement): void {
	const field = document.getElementById(button.getAttribute("data-copy") ?? "") as Field | null;
	const said = button.nextElementSibling;
	const { copied = "", byHand = "" } = button.dataset as Words;
	if (!field || !said) return;
	button.closest("[hidden]")?.removeAttribute("hidden");
	let timer = 0;
	button.addEventListener("click", async () => {
		const done = await copyText(field.value);
		if (!done) field.select();
		said.textContent = done ? copied : byHand;
		clearTimeout(timer);
		if (!done) return;
		timer = window.setTimeout(() => {
			said.textContent = "";
		}, SAID_FOR_MS);
	});
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) offer(button);
