/** Saying something else with the knock, without losing the place. */
import { useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { Button } from "../../ui/Button";
import { KnockFields } from "../hall/KnockFields";

export function ChangeKnock({ page }: { readonly page: RoomPage }) {
	const w = words.value.lobby;
	const [said, setSaid] = useState(page.state.knockWords.value);
	const submit = (event: Event) => {
		event.preventDefault();
		page.actions.knock(page.state.preferences.value.name, said);
	};
	return (
		<details class="lobby-more">
			<summary>{w.change}</summary>
			<form class="lobby-change" onSubmit={submit}>
				<KnockFields page={page} said={said} onChange={setSaid} />
				<Button type="submit">{w.changed}</Button>
			</form>
		</details>
	);
}
