/** The words on the screen, in the language that was chosen. */
import { signal } from "@preact/signals";
import { en, type Words } from "./en";

export type { Words } from "./en";
export { explain } from "./explain";

export const languages = { en: "English", nl: "Nederlands" } as const;
export type Language = keyof typeof languages;

/** Every language but English comes when it is needed, so that the first load stays small. */
const load: Record<Language, () => Promise<Words>> = {
	en: () => Promise.resolve(en),
	nl: () => import("./nl").then((file) => file.nl),
};

export const words = signal<Words>(en);
export const language = signal<Language>("en");
let asked: Language = "en";

/** The first language that the browser asks for and that we speak, else English. */
export function languageFor(wishes: readonly string[]): Language {
	for (const wish of wishes) {
		const short = wish.toLowerCase().split("-")[0] ?? "";
		if (Object.hasOwn(languages, short)) return short as Language;
	}
	return "en";
}

/** Speak this language from now on. What was asked last wins, whatever arrives first. */
export async function speak(next: Language): Promise<void> {
	asked = next;
	const file = await load[next]();
	if (asked !== next) return;
	words.value = file;
	language.value = next;
	document.documentElement.lang = next;
}
