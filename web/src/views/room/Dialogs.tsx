/** The dialog that is open, if one is. */
import type { RoomPage } from "../../actions/actions";
import type { Meeting } from "../../state/model";
import { EncryptionDialog } from "../encryption/EncryptionDialog";
import { Invite } from "../invite/Invite";
import { Connection } from "../people/Connection";
import { Settings } from "../settings/Settings";
import { Shortcuts } from "../shortcuts/Shortcuts";
import { ClearRoom } from "./ClearRoom";
import { Confirm } from "./Confirm";
import { DeleteRoom } from "./DeleteRoom";
import { openDialog } from "./ui";

interface DialogsProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
}

export function Dialogs({ page, meeting }: DialogsProps) {
	const open = openDialog.value;
	const close = () => {
		// A closed dialog says so a moment later: another one may have been opened by then.
		if (openDialog.value === open) openDialog.value = null;
	};
	if (open !== null && typeof open === "object") {
		if (open.type === "connection") {
			const { participant } = open;
			return <Connection page={page} meeting={meeting} participant={participant} onClose={close} />;
		}
		return <Confirm page={page} meeting={meeting} command={open} onClose={close} />;
	}
	switch (open) {
		case "invite":
			return <Invite roomName={page.state.roomName} locked={meeting.room.locked} onClose={close} />;
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
		case "encryption":
			return <EncryptionDialog page={page} meeting={meeting} onClose={close} />;
		case "shortcuts":
			return <Shortcuts page={page} onClose={close} />;
		case "clear":
			return <ClearRoom page={page} meeting={meeting} onClose={close} />;
		case "delete":
			return <DeleteRoom page={page} onClose={close} />;
		default:
			return null;
	}
}
