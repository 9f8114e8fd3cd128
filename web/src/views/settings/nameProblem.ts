/** What the server would refuse about a name, known before it is sent. */
import type { Refusal } from "../../protocol/generated";

type NameProblem = Extract<Refusal, { code: "NameEmpty" | "NameTooLong" }>;

/** Anything but control, format, space and combining characters. */
const visible = /[^\p{C}\p{Z}\p{M}]/u;

/** The limit counts code points in normal form C, as the server does. */
export function nameProblem(name: string, limit: number): NameProblem | null {
	if (!visible.test(name)) return { code: "NameEmpty", facts: {} };
	const length = [...name.normalize("NFC")].length;
	return length > limit ? { code: "NameTooLong", facts: { limit } } : null;
}
