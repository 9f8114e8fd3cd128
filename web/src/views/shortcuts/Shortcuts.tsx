/** The list of keyboard shortcuts, with the switch that turns single keys off (WCAG 2.1.4). */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { Dialog } from "../../ui/Dialog";
import { Switch } from "../../ui/fields";
import { shortcutKeys } from "./keys";
import "./shortcuts.css";

export function Shortcuts({
	page,
	onClose,
}: {
	readonly page: RoomPage;
	readonly onClose: () => void;
}) {
	const w = words.value.shortcuts;
	return (
		<Dialog title={w.title} closeLabel={words.value.close} onClose={onClose}>
			<dl class="shortcuts">
				<Row keys={w.space} meaning={w.hold} />
				{Object.entries(shortcutKeys).map(([key, name]) => (
					<Row key={key} keys={key.toUpperCase()} meaning={w[name]} />
				))}
			</dl>
			<Switch
				label={w.on}
				hint={w.onHint}
				checked={page.state.preferences.value.shortcuts ?? true}
				onChange={(shortcuts) => page.actions.prefer({ shortcuts })}
			/>
		</Dialog>
	);
}

function Row({ keys, meaning }: { readonly keys: string; readonly meaning: string }) {
	return (
		<div class="shortcuts-row">
			<dt>{meaning}</dt>
			<dd>
				<kbd>{keys}</kbd>
			</dd>
		</div>
	);
}
