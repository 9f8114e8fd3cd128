/** Asks a host once, with what will happen. Goes away by itself when there is nothing left to ask. */
import { useEffect } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { type Asking, questionOf } from "./questions";

interface ConfirmProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly command: Asking;
	readonly onClose: () => void;
}

export function Confirm({ page, meeting, command, onClose }: ConfirmProps) {
	const w = words.value;
	const question = questionOf(command, meeting, w.hosting);
	const over = question === null;
	useEffect(() => {
		if (over) onClose();
	}, [over, onClose]);
	if (question === null) return null;
	const confirm = () => {
		onClose();
		void page.actions.asHost(command);
	};
	return (
		<Dialog title={question.name} closeLabel={w.close} onClose={onClose}>
			<p>{question.consequence}</p>
			<div class="dialog-actions">
				<Button onClick={onClose}>{w.hosting.cancel}</Button>
				<Button kind={question.danger ? "danger" : "primary"} onClick={confirm}>
					{question.name}
				</Button>
			</div>
		</Dialog>
	);
}
