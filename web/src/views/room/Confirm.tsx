/** Asks a host once, with what will happen. Goes away by itself when there is nothing left to ask. */
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { isAny, KEEP_ALL, Ticks } from "./ClearRoom";
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
	const [ticked, setTicked] = useState(KEEP_ALL);
	const over = question === null;
	useEffect(() => {
		if (over) onClose();
	}, [over, onClose]);
	if (question === null) return null;
	const ends = command.type === "EndMeeting" && !command.stay;
	const confirm = async () => {
		onClose();
		// What was to go goes first: the end takes everybody out who could do it.
		if (ends && isAny(ticked)) {
			const cleared = await page.actions.asHost({ type: "ClearRoom", ...ticked });
			if (!cleared) return;
		}
		await page.actions.asHost(command);
	};
	return (
		<Dialog title={question.name} closeLabel={w.close} onClose={onClose}>
			<p>{question.consequence}</p>
			{ends && (
				<Ticks meeting={meeting} legend={w.hosting.clearAtEnd} ticked={ticked} onTick={setTicked} />
			)}
			<div class="dialog-actions">
				<Button onClick={onClose}>{w.hosting.cancel}</Button>
				<Button kind={question.danger ? "danger" : "primary"} onClick={() => void confirm()}>
					{question.name}
				</Button>
			</div>
		</Dialog>
	);
}
