/**
 * Entry of the service worker: shows that somebody knocks, also while no page is open, and takes the
 * answer. It caches nothing and fetches nothing for pages. It must not import: browsers start it as
 * one classic script. All words come from the server.
 */
/// <reference lib="webworker" />
export {}; // for TypeScript: names in here are its own

interface Notice {
	title: string;
	text: string;
	language: string;
	link: string;
	admit: string;
	turnAway: string;
}

interface Result {
	heading: string;
	sentence: string;
}

/** `actions` are not in the types of TypeScript: not every browser has them. */
type Options = NotificationOptions & { actions?: { action: string; title: string }[] };

const worker = self as unknown as ServiceWorkerGlobalScope;
const ANSWER = /^\/answer\/[A-Za-z0-9_-]{43}$/;
const ICON = "/icon.svg";

worker.addEventListener("install", () => {
	void worker.skipWaiting();
});

worker.addEventListener("push", (event) => {
	const notice = event.data?.json() as Notice | undefined;
	if (notice && ANSWER.test(notice.link)) event.waitUntil(show(notice));
});

worker.addEventListener("notificationclick", (event) => {
	event.notification.close();
	const link: unknown = event.notification.data;
	if (typeof link !== "string") return;
	event.waitUntil(event.action ? answer(link, event.action) : open(link));
});

function show(notice: Notice): Promise<void> {
	const options: Options = {
		body: notice.text,
		lang: notice.language,
		data: notice.link,
		tag: notice.link,
		icon: ICON,
		requireInteraction: true,
		actions: [
			{ action: "admit", title: notice.admit },
			{ action: "turn_away", title: notice.turnAway },
		],
	};
	return worker.registration.showNotification(notice.title, options);
}

/** What came of it is shown; where that cannot be known, the page with the two buttons is. */
async function answer(link: string, verdict: string): Promise<void> {
	try {
		const response = await fetch(link, {
			method: "POST",
			headers: { Accept: "application/json" },
			body: new URLSearchParams({ verdict }),
		});
		const result = (await response.json()) as Result;
		await worker.registration.showNotification(result.heading, {
			body: result.sentence,
			tag: link,
			icon: ICON,
		});
	} catch {
		await open(link);
	}
}

async function open(link: string): Promise<void> {
	await worker.clients.openWindow(link);
}
