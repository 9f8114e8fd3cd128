/** Leads the owner to where deleting is confirmed, beside the meeting, which goes on until it is done. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { openBeside } from "./ui";

interface DeleteRoomProps {
	readonly page: RoomPage;
	readonly onClose: () => void;
}

export function DeleteRoom({ page, onClose }: DeleteRoomProps) {
	const w = words.value;
	const go = () => {
		onClose();
		openBeside(page.state.waysOn.delete);
	};
	return (
		<Dialog title={w.hosting.deleteRoom} closeLabel={w.close} onClose={onClose}>
			<p>{w.hosting.deleteRoomHow}</p>
			<div class="dialog-actions">
				<Button onClick={onClose}>{w.hosting.cancel}</Button>
				<Button kind="danger" onClick={go}>
					{w.hosting.deleteRoom}
				</Button>
			</div>
		</Dialog>
	);
}
