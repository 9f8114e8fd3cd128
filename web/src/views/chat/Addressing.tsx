/** Whom one writes to: everybody, or one of those who are here. */
import { words } from "../../i18n";
import type { Addressee } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { addressee, writeTo } from "./composing";

export function ToButton({ meeting }: { readonly meeting: Meeting }) {
	const w = words.value.chat;
	const to = addressee.value;
	const others = meeting.participants.filter((one) => one.id !== meeting.you);
	if (others.length === 0 && to === null) return null;
	const item = (id: string, label: string, whom: Addressee | null): MenuItem => ({
		id,
		label,
		icon: to?.id === whom?.id ? "check" : whom ? "lock" : "people",
		onChoose: () => writeTo(whom),
	});
	return (
		<Menu
			label={w.writeTo(to ? to.name : w.everybody)}
			kind="menu"
			items={[
				item("", w.everybody, null),
				...others.map(({ id, name }) => item(id, name, { id, name })),
			]}
			class="button button-quiet button-small composer-to"
		>
			<Icon name={to ? "lock" : "people"} size="small" />
			<span class="mention-name" dir="auto">
				{to ? to.name : w.everybody}
			</span>
		</Menu>
	);
}

/** `id`: describes the field. */
export function PrivateLine({ id, to }: { readonly id: string; readonly to: Addressee }) {
	const w = words.value.chat;
	return (
		<p class="composer-private">
			<Icon name="lock" size="small" />
			<span id={id} dir="auto">
				{w.privateTo(to.name)}. {w.privateHow}
			</span>
			<IconButton label={w.publicAgain} icon="close" onClick={() => writeTo(null)} />
		</p>
	);
}
