/** A whiteboard that is open: what draws it is loaded with the first one. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Board, View } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { Notice } from "../../ui/Alert";
import { Button } from "../../ui/Button";

interface BoardSheetProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly board: Board;
	/** Of whoever presents; null while one looks elsewhere, or presents oneself. */
	readonly followed: View | null;
	readonly onLook: (view: View) => void;
}

export function BoardSheet(props: BoardSheetProps) {
	const w = words.value;
	const [Whiteboard, setWhiteboard] = useState<ComponentType<BoardSheetProps> | null>(null);
	const [failed, setFailed] = useState(false);
	useEffect(() => {
		if (failed) return;
		import("../../board/Whiteboard").then(
			(file) => setWhiteboard(() => file.Whiteboard),
			() => setFailed(true),
		);
	}, [failed]);
	if (Whiteboard) return <Whiteboard {...props} />;
	if (!failed) return <p class="content-waiting">{w.content.loading}</p>;
	return (
		<div class="viewer-note">
			<Notice
				action={
					<Button size="small" onClick={() => setFailed(false)}>
						{w.tryAgain}
					</Button>
				}
			>
				{w.content.notLoaded}
			</Notice>
		</div>
	);
}
