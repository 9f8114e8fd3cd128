/**
 * Entry of pages on which something is under way: they look again by themselves and put in what changed,
 * where nobody's focus is. Each look is one more line of the access log, so they come ever more rarely. All
 * words stand in the page; without this script a link looks again.
 */
const FIRST_MS = 2_000;
const MOST_MS = 60_000;

/** Says that it is followed, and when that is over. */
const SAID = "[data-following]";
const FOLLOWED = "[data-follow]";

/** The page as it is now; "gone" where the address leads elsewhere by now, null where nothing was heard. */
function load(): Promise<Document | "gone" | null> {
	return new Promise((resolve) => {
		// Not DOMParser, which takes text from anywhere: the policy of the page forbids it.
		const request = new XMLHttpRequest();
		request.onload = () => {
			const same = request.status === 200 && request.responseURL === address();
			resolve(same ? request.responseXML : "gone");
		};
		request.onerror = () => resolve(null);
		request.open("GET", address());
		request.responseType = "document";
		request.send();
	});
}

function address(): string {
	return location.href.split("#", 1)[0] ?? "";
}

/** False where something changed that has the focus: it is put in when that went elsewhere. */
function putIn(now: Document): boolean {
	let all = true;
	for (const old of document.querySelectorAll<HTMLElement>(FOLLOWED)) {
		const name = CSS.escape(old.getAttribute("data-follow") ?? "");
		const found = now.querySelector(`[data-follow="${name}"]`);
		if (!found || found.isEqualNode(old)) continue;
		if (old.contains(document.activeElement)) all = false;
		else old.replaceChildren(...document.importNode(found, true).childNodes);
	}
	return all;
}

/** While nobody looks at the page, it does not look either. */
async function untilSeen(): Promise<void> {
	if (!document.hidden) return;
	await new Promise((resolve) => {
		document.addEventListener("visibilitychange", resolve, { once: true });
	});
}

async function follow(said: HTMLElement, afterMs: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, afterMs));
	await untilSeen();
	const now = await load();
	if (now === "gone") said.textContent = "";
	else if (now && putIn(now) && !now.querySelector(SAID)) {
		said.textContent = said.getAttribute("data-over");
	} else await follow(said, Math.min(2 * afterMs, MOST_MS));
}

const said = document.querySelector<HTMLElement>(SAID);
if (said) {
	said.textContent = said.getAttribute("data-following");
	void follow(said, FIRST_MS);
}
