/**
 * Entry of pages with an address to pass on: shows the buttons that copy it. All words stand in the
 * page; without this script the address is selected by hand.
 */
import { copyText } from "./ui/clipboard";

const SHOWN_FOR_MS = 3_000;

type Field = HTMLInputElement | HTMLTextAreaElement;

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copies]")) {
	const { copies = "", copied = "", failed = "" } = button.dataset;
	const field = document.getElementById(copies) as Field | null;
	const status = document.getElementById(`${copies}-copied`);
	const name = button.textContent;
	let timer = 0;
	button.hidden = field === null;
	button.addEventListener("click", async () => {
		if (field === null) return;
		const done = await copyText(field.value);
		if (!done) field.select();
		button.textContent = done ? copied : name;
		if (status) status.textContent = done ? copied : failed;
		clearTimeout(timer);
		timer = window.setTimeout(() => {
			button.textContent = name;
			if (status) status.textContent = "";
		}, SHOWN_FOR_MS);
	});
}
