/** Whether others may know this person again by the device, for whoever is signed in. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { Switch } from "../../ui/fields";

export function KnownByDevice({ page }: { readonly page: RoomPage }) {
	const w = words.value.encryption;
	if (!page.state.hasDeviceKey) return null;
	return (
		<section class="encryption-part">
			<Switch
				label={w.known}
				hint={w.knownHint}
				checked={page.state.preferences.value.knownByDevice}
				onChange={(knownByDevice) => page.actions.prefer({ knownByDevice })}
			/>
		</section>
	);
}
