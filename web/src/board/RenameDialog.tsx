/** Another name for the board, for everybody. */
import { useId, useState } from "preact/hooks";
import type { RoomPage } from "../actions/actions";
import { words } from "../i18n";
import type { Board } from "../protocol/generated";
import { Alert } from "../ui/Alert";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { boardWords } from "./words";

interface RenameDialogProps {
	readonly page: RoomPage;
	readonly board: Board;
	/** Characters; the server takes no more. */
	readonly limit: number;
	readonly onClose: () => void;
}

export function RenameDialog({ page, board, limit, onClose }: RenameDialogProps) {
	const w = boardWords.value;
	const id = useId();
	const [name, setName] = useState(board.name);
	const [failed, setFailed] = useState(false);
	const submit = async () => {
		const done = await page.actions.renameBoard(board.id, name);
		if (done) onClose();
		else setFailed(true);
	};
	return (
		<Dialog title={w.rename} closeLabel={words.value.close} onClose={onClose}>
			<form
				class="field"
				onSubmit={(event) => {
					event.preventDefault();
					void submit();
				}}
			>
				<label for={id}>{w.boardName}</label>
				<input
					id={id}
					class="input"
					value={name}
					maxLength={limit}
					required={true}
					dir="auto"
					autocomplete="off"
					onInput={({ currentTarget }) => setName(currentTarget.value)}
				/>
				{failed && <Alert>{w.notRenamed}</Alert>}
				<Button type="submit" kind="primary">
					{w.rename}
				</Button>
			</form>
		</Dialog>
	);
}
