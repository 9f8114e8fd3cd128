/** The dialog that is open, if one is. */
import type { RoomPage } from "../../actions/actions";
import { Invite } from "../invite/Invite";
import { Settings } from "../settings/Settings";
import { Shortcuts } from "../shortcuts/Shortcuts";
import { openDialog } from "./ui";

export function Dialogs({ page }: { readonly page: RoomPage }) {
	const close = () => {
		openDialog.value = null;
	};
	switch (openDialog.value) {
		case "invite":
			return <Invite roomName={page.state.roomName} onClose={close} />;
		case "settings":
			return (
				<Settings
					page={page}
					inRoom
					onClose={close}
					onShortcuts={() => {
						openDialog.value = "shortcuts";
					}}
				/>
			);
		case "shortcuts":
			return <Shortcuts page={page} onClose={close} />;
		default:
			return null;
	}
}
