/** Who is writing. Not read out: it would be without end. */
import type { RoomPage } from "../../actions/actions";
import type { Writer } from "../../actions/typing";
import { language, type Words, words } from "../../i18n";
import type { Meeting } from "../../state/model";

/** More than these are several. */
const MOST_NAMES = 2;

export function Writers({ page, meeting }: { readonly page: RoomPage; readonly meeting: Meeting }) {
	return (
		<p class="chat-writers" dir="auto">
			{sentence(page.state.writers.value, meeting, words.value, language.value)}
		</p>
	);
}

/** Empty where nobody writes, or somebody of whom nothing is known. */
export function sentence(
	writers: readonly Writer[],
	{ participants }: Pick<Meeting, "participants">,
	{ chat }: Words,
	spoken: string,
): string {
	const named = writers.flatMap((writer) => {
		const found = participants.find((one) => one.id === writer.id);
		return found ? [{ name: found.name, private: writer.private }] : [];
	});
	const toYou = named.find((one) => one.private);
	if (toYou) return chat.writingToYou(toYou.name);
	if (named.length > MOST_NAMES) return chat.manyWrite;
	const names = new Intl.ListFormat(spoken).format(named.map(({ name }) => name));
	return names && chat.writing(names, named.length);
}
