/** How the board was: kept when somebody wants it, and gone back to, which can be undone. */
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../actions/actions";
import type { BoardSnapshot } from "../connection/boards";
import { words } from "../i18n";
import { fullTime } from "../i18n/times";
import type { Board } from "../protocol/generated";
import { Alert } from "../ui/Alert";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { boardWords } from "./words";

interface SnapshotDialogProps {
	readonly page: RoomPage;
	readonly board: Board;
	readonly onClose: () => void;
	readonly onBack: (snapshot: Uint8Array, when: string) => void;
}

export function SnapshotDialog({ page, board, onClose, onBack }: SnapshotDialogProps) {
	const w = boardWords.value;
	const [found, setFound] = useState<readonly BoardSnapshot[] | null>(null);
	const [failed, setFailed] = useState(false);
	const [busy, setBusy] = useState(false);
	const snapshots = page.actions.snapshotsOf(board.id);
	const load = async () => {
		const listed = await snapshots.list();
		setFailed(listed === null);
		setFound(listed);
	};
	useEffect(() => void load(), []);
	const keep = async () => {
		setBusy(true);
		const kept = await snapshots.keep();
		if (kept) await load();
		else setFailed(true);
		setBusy(false);
	};
	const goBack = async ({ id, madeAt }: BoardSnapshot) => {
		setBusy(true);
		const update = await snapshots.fetch(id);
		setBusy(false);
		if (update) onBack(update, fullTime(madeAt));
		else setFailed(true);
	};
	return (
		<Dialog title={w.snapshots} closeLabel={words.value.close} onClose={onClose}>
			<p>{w.snapshotsHint}</p>
			{failed && <Alert>{w.noSnapshot}</Alert>}
			<Button kind="primary" resting={busy} onClick={() => void keep()}>
				{w.keepSnapshot}
			</Button>
			{found?.length === 0 && <p class="whiteboard-hint">{w.noSnapshots}</p>}
			<ul class="whiteboard-files">
				{found?.map((one) => (
					<li key={one.id} class="whiteboard-snapshot">
						<span dir="auto">{w.snapshotBy(fullTime(one.madeAt), one.authorName)}</span>
						<Button size="small" resting={busy} onClick={() => void goBack(one)}>
							{w.goBack}
							<span class="visually-hidden">{` (${fullTime(one.madeAt)})`}</span>
						</Button>
					</li>
				))}
			</ul>
		</Dialog>
	);
}
