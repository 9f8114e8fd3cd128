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
	readonly tab: Panel;
	readonly preferences: Preferences;
	/** Somebody else shows a screen. */
	readonly sharing: boolean;
}

export function panelsShown({ compact, tab, preferences, sharing }: Situation): Shown {
	if (compact) {
		const strip = tab === "content" && sharing;
		return {
			people: tab === "people" || strip,
			content: tab === "content",
			chat: tab === "chat",
			mode: strip ? "strip" : preferences.layout,
			slim: false,
		};
	}
	const { people, content, chat } = preferences.panels;
	return {
		people,
		content,
		chat,
		mode: sharing && content ? "strip" : preferences.layout,
		slim: !sharing && people,
	};
}
