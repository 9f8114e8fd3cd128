/** The words of the door in the language of the page, and in another one as soon as it changes. */
import { signal } from "@preact/signals";
import type { Refusal } from "../../protocol/generated";
import type { Trouble } from "../state";
import { type DoorWords, en } from "./en";
import { nl } from "./nl";

export type { DoorWords } from "./en";

const spoken: Readonly<Record<string, DoorWords>> = { en, nl };

export const words = signal<DoorWords>(en);

export function followLanguage(root: HTMLElement): void {
	const follow = () => {
		words.value = wordsFor(root.lang);
	};
	follow();
	new MutationObserver(follow).observe(root, { attributeFilter: ["lang"] });
}

export function wordsFor(language: string): DoorWords {
	return (Object.hasOwn(spoken, language) ? spoken[language] : null) ?? en;
}

/** Why an answer did not work and what to do now. */
export function explainTrouble(trouble: Trouble, w: DoorWords): string {
	if (trouble === "unanswered") return w.unanswered;
	// The table pairs each code with its facts; the compiler cannot follow that through an index.
	const sentence = w.refusals[trouble.code] as ((facts: Refusal["facts"]) => string) | undefined;
	return sentence ? sentence(trouble.facts) : w.other;
}
