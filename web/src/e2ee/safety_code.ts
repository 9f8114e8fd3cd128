/** What people read to each other to find that nobody is between them. */
import { fields, utf8 } from "./bytes";
import { digitsOf } from "./digits";
import { type Member, publicParts } from "./roster";

const GROUPS = 6;
const PURPOSE = "meetd safety code 1";

/** 30 digits in groups of five, the same for the same people with the same keys, whatever their order. */
export function safetyCode(meeting: string, members: Iterable<Member>): Promise<string> {
	const sorted = [...members].sort((one, other) => (one.participant < other.participant ? -1 : 1));
	const all = fields(PURPOSE, utf8(meeting), ...sorted.flatMap(publicParts));
	return digitsOf(PURPOSE, all, GROUPS);
}
