/** Turns a refusal of the server into a sentence that says what to do next. */
import type { Refusal, RefusalCode } from "../protocol/generated";

type FactsOf<C extends RefusalCode> = Extract<Refusal, { code: C }>["facts"];

/** One sentence per refusal code: a new code does not compile until every language has words for it. */
export type RefusalSentences = { readonly [C in RefusalCode]: (facts: FactsOf<C>) => string };

export function explain(refusal: Refusal, sentences: RefusalSentences): string {
	// The table above pairs each code with its facts; the compiler cannot follow that through an index.
	const sentence = sentences[refusal.code] as ((facts: Refusal["facts"]) => string) | undefined;
	return (sentence ?? sentences.MessageMalformed)(refusal.facts as never);
}
