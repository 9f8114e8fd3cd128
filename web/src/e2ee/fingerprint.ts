/** The short name of one page's key, the same before the door and in the room. */
import { fields, fromBase64 } from "./bytes";
import { digitsOf } from "./digits";
import { PUBLIC_KEY_BYTES } from "./identity";

const GROUPS = 3;
const PURPOSE = "meetd fingerprint 1";

/** 15 digits in groups of five. Null for what is no key, and where a browser computes none: on plain http. */
export async function fingerprint(signKey: string): Promise<string | null> {
	const bytes = fromBase64(signKey, PUBLIC_KEY_BYTES);
	if (bytes === null || !("subtle" in crypto)) return null;
	return digitsOf(PURPOSE, fields(PURPOSE, bytes), GROUPS);
}
