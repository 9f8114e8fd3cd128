import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { enablePasskeys } from "../../src/passkeys/forms";

/** As much of a form as the script touches: vitest runs without a browser here. */
function makeForm(act: string, fields: Record<string, string> = {}) {
	const attributes = new Map([
		["data-passkey", act],
		["data-cancelled", "cancelled"],
		["data-there", "there"],
		["data-failed", "failed"],
	]);
	const text = { textContent: "" };
	const alert = { hidden: true, querySelector: () => text };
	const pressed = new Map<string, string>();
	const button = {
		getAttribute: (name: string) => pressed.get(name) ?? null,
		setAttribute: (name: string, value: string) => pressed.set(name, value),
		removeAttribute: (name: string) => pressed.delete(name),
	};
	let submit: (event: unknown) => void = () => undefined;
	const form = {
		hidden: true,
		fields,
		getAttribute: (name: string) => attributes.get(name) ?? null,
		querySelector: (what: string) => (what === "button" ? button : alert),
		addEventListener: (_: string, listener: typeof submit) => {
			submit = listener;
		},
	};
	return { form, alert, text, press: () => submit({ preventDefault: () => undefined }) };
}

const buffer = (text: string) => new TextEncoder().encode(text).buffer;
const used = {
	rawId: buffer("id"),
	response: {
		clientDataJSON: buffer("client"),
		authenticatorData: buffer("data"),
		signature: buffer("\u00ff"),
		userHandle: null,
	},
};
const made = {
	rawId: buffer("id"),
	response: { clientDataJSON: buffer("client"), attestationObject: buffer("made") },
};
const request = { challenge: btoa("challenge"), timeout: 9, rpId: "localhost", known: [btoa("k")] };
const creation = {
	challenge: btoa("challenge"),
	timeout: 9,
	rp: { id: "localhost", name: "meetd" },
	user: { id: btoa("ada"), name: "ada", displayName: "Ada" },
	pubKeyCredParams: [{ type: "public-key", alg: -7 }],
	known: [btoa("k")],
};

const asked: { path: string; body: unknown }[] = [];
let replies: { status: number; body: unknown }[] = [];
const assign = vi.fn();

beforeEach(() => {
	asked.length = 0;
	assign.mockReset();
	vi.stubGlobal("location", { assign });
	vi.stubGlobal(
		"FormData",
		class {
			constructor(private readonly form: { fields: Record<string, string> }) {}
			[Symbol.iterator]() {
				return Object.entries(this.form.fields)[Symbol.iterator]();
			}
		},
	);
	vi.stubGlobal("fetch", async (path: string, init: { body: string }) => {
		asked.push({ path, body: JSON.parse(init.body) });
		const reply = replies.shift();
		if (!reply) throw new TypeError("no answer");
		return { ok: reply.status < 400, status: reply.status, json: async () => reply.body };
	});
});
afterEach(() => vi.unstubAllGlobals());

async function run(act: string, container: object, fields?: Record<string, string>) {
	const made = makeForm(act, fields);
	const page = { querySelectorAll: () => [made.form] };
	enablePasskeys(page as never, container as never);
	expect(made.form.hidden).toBe(false);
	made.press();
	await vi.waitFor(() => expect(assign.mock.calls.length || made.text.textContent).toBeTruthy());
	return made;
}

describe("a form with a passkey", () => {
	it("signs in with what the browser answers and goes where the server says", async () => {
		replies = [
			{ status: 200, body: request },
			{ status: 200, body: { goTo: "/garden" } },
		];
		const get = vi.fn(async () => used);
		await run("sign-in", { get }, { next: "/garden" });
		expect(get).toHaveBeenCalledWith({
			publicKey: {
				challenge: new TextEncoder().encode("challenge"),
				timeout: 9,
				rpId: "localhost",
				allowCredentials: [{ type: "public-key", id: new TextEncoder().encode("k") }],
				userVerification: "required",
			},
		});
		expect(asked).toEqual([
			{ path: "/login/passkey/options", body: {} },
			{
				path: "/login/passkey",
				body: {
					id: btoa("id"),
					clientData: btoa("client"),
					authenticatorData: btoa("data"),
					signature: btoa("\u00c3\u00bf"),
					userHandle: "",
					next: "/garden",
				},
			},
		]);
		expect(assign).toHaveBeenCalledWith("/garden");
	});

	it("adds one that can be found without a name and verifies the person", async () => {
		replies = [
			{ status: 200, body: creation },
			{ status: 200, body: { goTo: "/account" } },
		];
		const create = vi.fn(async (_: CredentialCreationOptions) => made);
		await run("add", { create }, { name: "Phone" });
		const options = create.mock.calls[0]?.[0].publicKey;
		expect(options?.user.id).toEqual(new TextEncoder().encode("ada"));
		expect(options?.authenticatorSelection).toEqual({
			residentKey: "required",
			requireResidentKey: true,
			userVerification: "required",
		});
		expect(options?.attestation).toBe("none");
		expect(asked[1]).toEqual({
			path: "/account/passkeys",
			body: {
				id: btoa("id"),
				clientData: btoa("client"),
				attestation: btoa("made"),
				name: "Phone",
			},
		});
	});

	it("sends on who is signed out, and asks the browser nothing", async () => {
		replies = [{ status: 401, body: { goTo: "/login" } }];
		const get = vi.fn();
		await run("prove", { get });
		expect(assign).toHaveBeenCalledWith("/login");
		expect(get).not.toHaveBeenCalled();
	});

	it.each([
		["NotAllowedError", "cancelled"],
		["AbortError", "cancelled"],
		["InvalidStateError", "there"],
		["SecurityError", "failed"],
	])("says what to do after a %s", async (name, sentence) => {
		replies = [{ status: 200, body: request }];
		const get = async () => {
			throw new DOMException("", name);
		};
		const { alert, text } = await run("sign-in", { get });
		expect(alert.hidden).toBe(false);
		expect(text.textContent).toBe(sentence);
		expect(assign).not.toHaveBeenCalled();
	});

	it("says what the server says", async () => {
		replies = [
			{ status: 200, body: request },
			{ status: 403, body: { alert: "Not this one." } },
		];
		const { text } = await run("sign-in", { get: async () => used });
		expect(text.textContent).toBe("Not this one.");
	});

	it.each([[[]], [[{ status: 500, body: {} }]]])("says so when the server fails", async (given) => {
		replies = given;
		const { text } = await run("sign-in", {});
		expect(text.textContent).toBe("failed");
	});
});
