import { beforeEach, expect, it, vi } from "vitest";

type Listener = (event: Record<string, unknown>) => void;

const LINK = `/answer/${"A".repeat(43)}`;
const NOTICE = {
	title: "Bob knocks at garden",
	text: "It is me",
	language: "nl",
	link: LINK,
	admit: "Toelaten",
	turnAway: "Wegsturen",
};

const listeners = new Map<string, Listener>();
const showNotification = vi.fn(async () => undefined);
const openWindow = vi.fn(async () => null);

vi.stubGlobal("self", {
	addEventListener: (kind: string, listener: Listener) => listeners.set(kind, listener),
	skipWaiting: async () => undefined,
	registration: { showNotification },
	clients: { openWindow },
});
await import("../src/service_worker");

/** Hand an event to the worker and wait for what it asked the browser to wait for. */
async function happen(kind: string, event: Record<string, unknown>): Promise<void> {
	const waits: Promise<unknown>[] = [];
	listeners.get(kind)?.({ ...event, waitUntil: (work: Promise<unknown>) => waits.push(work) });
	await Promise.all(waits);
}

function click(action: string, data: unknown = LINK): Promise<void> {
	return happen("notificationclick", { action, notification: { close: () => undefined, data } });
}

beforeEach(() => {
	showNotification.mockClear();
	openWindow.mockClear();
});

it("shows who knocks, with both answers, in the language it came in", async () => {
	await happen("push", { data: { json: () => NOTICE } });
	expect(showNotification).toHaveBeenCalledExactlyOnceWith(
		"Bob knocks at garden",
		expect.objectContaining({
			body: "It is me",
			lang: "nl",
			data: LINK,
			actions: [
				{ action: "admit", title: "Toelaten" },
				{ action: "turn_away", title: "Wegsturen" },
			],
		}),
	);
});

it("shows nothing that would lead elsewhere", async () => {
	for (const link of ["https://example.org/", "//example.org", "/login", `${LINK}/..`, ""]) {
		await happen("push", { data: { json: () => ({ ...NOTICE, link }) } });
	}
	await happen("push", { data: null });
	expect(showNotification).not.toHaveBeenCalled();
});

it.each(["admit", "turn_away"])("answers %s and says what came of it", async (action) => {
	const result = { heading: "Answered already", sentence: "Somebody else did." };
	const answered = vi.fn(async () => new Response(JSON.stringify(result), { status: 409 }));
	vi.stubGlobal("fetch", answered);
	await click(action);
	expect(answered).toHaveBeenCalledExactlyOnceWith(
		LINK,
		expect.objectContaining({ method: "POST", body: new URLSearchParams({ verdict: action }) }),
	);
	expect(showNotification).toHaveBeenCalledExactlyOnceWith(
		"Answered already",
		expect.objectContaining({ body: "Somebody else did." }),
	);
	expect(openWindow).not.toHaveBeenCalled();
});

it("opens the page where the answer does not get through", async () => {
	vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("offline")));
	await click("admit");
	vi.stubGlobal("fetch", async () => new Response("<html>", { status: 500 }));
	await click("admit");
	expect(openWindow).toHaveBeenCalledTimes(2);
	expect(openWindow).toHaveBeenCalledWith(LINK);
});

it("opens the page on a plain click, and does nothing for a notification of another kind", async () => {
	const fetched = vi.fn();
	vi.stubGlobal("fetch", fetched);
	await click("");
	expect(openWindow).toHaveBeenCalledExactlyOnceWith(LINK);
	await click("admit", null);
	expect(fetched).not.toHaveBeenCalled();
});

it("keeps nothing and stands between no page and the server", () => {
	expect([...listeners.keys()].sort()).toEqual(["install", "notificationclick", "push"]);
});
