/** Which panels show, on a wide and on a small screen. Plain rules. */
import type { Preferences } from "../../actions/actions";
import type { Mode } from "../people/arrange";
import type { Panel } from "./ui";

export interface Shown {
	readonly people: boolean;
	readonly content: boolean;
	readonly chat: boolean;
	readonly mode: Mode;
	/** The empty table as a slim shelf, because the people need the room. */
	readonly slim: boolean;
}

interface Situation {
	readonly compact: boolean;
	/** Higher than wide: what is shared has its own height, and the people get the rest. */
	readonly upright: boolean;
	readonly tab: Panel;
	readonly preferences: Preferences;
	/** Somebody else shows a screen. */
	readonly sharing: boolean;
	/** A file is open: reading needs more room than a screen, which has its own height. */
	readonly reading: boolean;
	/** Somebody is to be seen large, whoever speaks and whatever is shared. */
	readonly pinned: boolean;
}

export function panelsShown({
	compact,
	upright,
	tab,
	preferences,
	sharing,
	reading,
	pinned,
}: Situation): Shown {
	const layout = pinned ? "speaker" : preferences.layout;
	if (compact) {
		const both = tab === "content" && sharing;
		return {
			people: tab === "people" || both,
			content: tab === "content",
			chat: tab === "chat",
			mode: both && (reading || !upright) ? "strip" : layout,
			slim: false,
		};
	}
	const { people, content, chat } = preferences.panels;
	return {
		people,
		content,
		chat,
		mode: sharing && content && !pinned ? "strip" : layout,
		slim: !sharing && people,
	};
}
