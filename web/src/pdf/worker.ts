/** Starts the worker that parses. */
import parserUrl from "./parser?worker&url";

interface Policies {
	createPolicy(
		name: string,
		rules: { createScriptURL: (url: string) => string },
	): { createScriptURL(url: string): string };
}

let address: string | null = null;

/** The policy names this one address, whatever it is asked for, and is made once (meetd/serving/headers.py). */
function parserAddress(): string {
	const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
	const rules = { createScriptURL: () => parserUrl };
	address ??= policies ? policies.createPolicy("pdf-parser", rules).createScriptURL("") : parserUrl;
	return address;
}

export function startParser(): Worker {
	return new Worker(parserAddress(), { type: "module" });
}
