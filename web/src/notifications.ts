/**
 * Entry of the account page's part about notifications: turns them on and off in this browser. All
 * words stand in the page; without this script the rest of the part works as it is.
 */
const WORKER = "/sw.js";

type Shown = "refused" | "failed" | "unsupported" | "ios" | "";

interface Policies {
	createPolicy(
		name: string,
		rules: { createScriptURL: (url: string) => string },
	): {
		createScriptURL(url: string): string;
	};
}

function element<T extends HTMLElement>(id: string): T | null {
	return document.getElementById(id) as T | null;
}

function say(what: Shown): void {
	const status = element("push-status");
	if (status) status.textContent = what ? (element(`push-${what}`)?.textContent ?? "") : "";
}

function offer(which: "push-on" | "push-off" | ""): void {
	for (const id of ["push-on", "push-off"]) {
		const button = element(id);
		if (button) button.hidden = id !== which;
	}
}

/** The policy names this one address, whatever it is asked for (see serving/headers.py). */
function workerAddress(): string {
	const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
	const rules = { createScriptURL: () => WORKER };
	return policies ? policies.createPolicy("service-worker", rules).createScriptURL(WORKER) : WORKER;
}

async function post(path: string, body: unknown): Promise<void> {
	const response = await fetch(path, {
		method: "POST",
		redirect: "error", // to the sign-in page: no longer signed in
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(body),
	});
	if (!response.ok) throw new Error(`${path}: ${response.status}`);
}

async function subscription(): Promise<PushSubscription | null> {
	const registration = await navigator.serviceWorker.getRegistration("/");
	return (await registration?.pushManager.getSubscription()) ?? null;
}

async function turnOn(address: () => string): Promise<void> {
	if ((await Notification.requestPermission()) !== "granted") {
		say("refused");
		return;
	}
	await navigator.serviceWorker.register(address(), { scope: "/" });
	const registration = await navigator.serviceWorker.ready;
	const response = await fetch("/account/push/key", { redirect: "error" });
	const { key } = (await response.json()) as { key: string };
	// One that is left over may be for another key of the server, and then takes nothing.
	await (await registration.pushManager.getSubscription())?.unsubscribe();
	const fresh = await registration.pushManager.subscribe({
		userVisibleOnly: true,
		applicationServerKey: key,
	});
	const { endpoint, keys: { p256dh, auth } = {} } = fresh.toJSON();
	await post("/account/push/subscribe", { endpoint, keys: { p256dh, auth } });
	location.reload();
}

async function turnOff(): Promise<void> {
	const current = await subscription();
	if (current) {
		await post("/account/push/unsubscribe", { endpoint: current.endpoint });
		await current.unsubscribe();
	}
	location.reload();
}

function onClick(id: string, action: () => Promise<void>): void {
	element(id)?.addEventListener("click", () => {
		say("");
		action().catch(() => say("failed"));
	});
}

async function begin(part: HTMLElement): Promise<void> {
	part.hidden = false;
	if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
		say(/iPhone|iPad/.test(navigator.userAgent) ? "ios" : "unsupported");
		return;
	}
	if (Notification.permission === "denied") {
		say("refused");
		return;
	}
	let known: string | undefined;
	onClick("push-on", () =>
		turnOn(() => {
			known ??= workerAddress(); // a policy can be made once
			return known;
		}),
	);
	onClick("push-off", turnOff);
	const isOn = part.hasAttribute("data-here") && (await subscription()) !== null;
	offer(isOn ? "push-off" : "push-on");
}

const part = element("push");
if (part) begin(part).catch(() => say("failed"));

const zone = element<HTMLInputElement>("time_zone");
if (zone && !zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
