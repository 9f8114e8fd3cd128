/** Forms with data-passkey: what each asks the browser and tells the server. */
import {
	type CreationOptions,
	fromNew,
	fromUse,
	type RequestOptions,
	toCreation,
	toRequest,
} from "./answers";

interface Reply {
	readonly goTo?: string;
	readonly alert?: string;
}

/** A sentence for the person, from the server or from the form. */
class Said extends Error {}

const paths: Readonly<Record<string, string>> = {
	"sign-in": "/login/passkey",
	prove: "/account/passkeys/prove",
	add: "/account/passkeys",
};

/** Show the forms, and answer them. */
export function enablePasskeys(page: ParentNode, credentials: CredentialsContainer): void {
	for (const form of page.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
		form.hidden = false;
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			void submit(form, credentials);
		});
	}
}

async function submit(form: HTMLFormElement, credentials: CredentialsContainer): Promise<void> {
	const button = form.querySelector("button");
	if (!button || button.getAttribute("aria-disabled") === "true") return;
	button.setAttribute("aria-disabled", "true");
	say(form, "");
	try {
		await go(form, credentials);
	} catch (error) {
		say(form, explain(form, error));
	} finally {
		button.removeAttribute("aria-disabled");
	}
}

async function go(form: HTMLFormElement, credentials: CredentialsContainer): Promise<void> {
	const act = told(form, "passkey");
	const path = paths[act] ?? "";
	const options = await ask(`${path}/options`, {});
	if (options.goTo !== undefined) return;
	const answer =
		act === "add"
			? fromNew(await create(credentials, options as unknown as CreationOptions))
			: fromUse(await get(credentials, options as unknown as RequestOptions));
	await ask(path, { ...answer, ...fields(form) });
}

async function create(
	credentials: CredentialsContainer,
	options: CreationOptions,
): Promise<PublicKeyCredential> {
	const made = await credentials.create({ publicKey: toCreation(options) });
	return made as PublicKeyCredential;
}

async function get(
	credentials: CredentialsContainer,
	options: RequestOptions,
): Promise<PublicKeyCredential> {
	const used = await credentials.get({ publicKey: toRequest(options) });
	return used as PublicKeyCredential;
}

/** What the server answers; when it sends the browser on, this goes there. */
async function ask(path: string, data: Record<string, string>): Promise<Reply> {
	const response = await fetch(path, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(data),
	});
	const reply = (await response.json()) as Reply;
	if (reply.goTo !== undefined) location.assign(reply.goTo);
	if (reply.alert !== undefined) throw new Said(reply.alert);
	if (!response.ok && reply.goTo === undefined) throw new Error(String(response.status));
	return reply;
}

function told(form: HTMLFormElement, name: string): string {
	return form.getAttribute(`data-${name}`) ?? "";
}

function fields(form: HTMLFormElement): Record<string, string> {
	return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** Web Authentication level 3, 5.1.3 and 5.1.4.2: browsers tell little on purpose. */
function explain(form: HTMLFormElement, error: unknown): string {
	if (error instanceof Said) return error.message;
	const name = error instanceof DOMException ? error.name : "";
	if (name === "InvalidStateError") return told(form, "there");
	if (name === "NotAllowedError" || name === "AbortError") return told(form, "cancelled");
	return told(form, "failed");
}

function say(form: HTMLFormElement, sentence: string): void {
	const alert = form.querySelector<HTMLElement>("[role=alert]");
	const text = alert?.querySelector(".alert-text");
	if (!alert || !text) return;
	text.textContent = sentence;
	alert.hidden = sentence === "";
}
