/** The dialog that is open, if one is. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { Late } from "../content/Late";
import { EncryptionDialog } from "../encryption/EncryptionDialog";
import { Invite } from "../invite/Invite";
import { Connection } from "../people/Connection";
import { Settings } from "../settings/Settings";
import { Shortcuts } from "../shortcuts/Shortcuts";
import { ClearRoom } from "./ClearRoom";
import { Confirm } from "./Confirm";
import { OnItsPage } from "./OnItsPage";
import { openDialog } from "./ui";

const loadUsage = () => import("./Usage").then((file) => file.Usage);

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
	const h = words.value.hosting;
	const { reset, delete: gone } = page.state.waysOn;
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
		case "usage":
			return <Late load={loadUsage} props={{ page, onClose: close }} />;
		case "reset":
			return <OnItsPage name={h.resetRoom} how={h.resetRoomHow} to={reset} onClose={close} />;
		case "delete":
			return <OnItsPage name={h.deleteRoom} how={h.deleteRoomHow} to={gone} onClose={close} />;
		default:
			return null;
	}
}
