/** One whiteboard, drawn on together. Loaded with the first one that somebody opens. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../actions/actions";
import { systemClock } from "../core/clock";
import type { Board, View } from "../protocol/generated";
import { ownsBoard } from "../state/boards";
import type { Meeting } from "../state/model";
import { whyNoPen } from "../state/room";
import { Foot } from "./Foot";
import { ImageDialog } from "./ImageDialog";
import { pasteAt, sizeOfJpeg } from "./images";
import { Leftovers } from "./leftovers";
import { nameOf, ObjectList } from "./ObjectList";
import { makeOpen, type Open } from "./open";
import { Paper } from "./Paper";
import { RenameDialog } from "./RenameDialog";
import { SnapshotDialog } from "./SnapshotDialog";
import { BoardSync } from "./sync";
import { ToolButton, Toolbar } from "./Toolbar";
import { Unshared } from "./Unshared";
import { boardWords } from "./words";
import "./board.css";
import "./dialogs.css";

interface WhiteboardProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly board: Board;
	/** Of whoever presents; null while one looks elsewhere, or presents oneself. */
	readonly followed: View | null;
	/** The person looks somewhere else. */
	readonly onLook: (view: View) => void;
}

export function Whiteboard({ page, meeting, board, followed, onLook }: WhiteboardProps) {
	const w = boardWords.value;
	const open = useMemo(makeOpen, []);
	const [listed, setListed] = useState(false);
	const [asked, setAsked] = useState<"image" | "snapshots" | "rename" | null>(null);
	const close = () => setAsked(null);
	const sync = useSync(page, board, open);
	const mayDraw = whyNoPen(meeting) === null;
	const { loaded } = open.sync.value;
	const remove = () => {
		const count = open.pencil.removeSelected();
		if (count > 0) open.said.value = w.removed(count);
	};
	return (
		<div class="whiteboard">
			{mayDraw ? (
				<Toolbar
					pencil={open.pencil}
					document={open.document}
					version={open.version}
					onRemove={remove}
					onImage={() => setAsked("image")}
				/>
			) : (
				<p class="whiteboard-hint">{w.mayNotDraw}</p>
			)}
			<div class="whiteboard-middle">
				<Paper
					page={page}
					meeting={meeting}
					board={board}
					open={open}
					mayDraw={mayDraw}
					onPoint={(at) => sync.current?.point(at)}
					onRemove={remove}
					followed={followed}
					onLook={() => open.view && onLook(open.view)}
				/>
				{listed && (
					<ObjectList
						document={open.document}
						pencil={open.pencil}
						version={open.version}
						mayDraw={mayDraw}
						refused={open.sync.value.refusal !== null}
						onRemove={remove}
						onSelect={(placed) => {
							open.pencil.tool.value = "select";
							open.pencil.selected.value = [placed.id];
							open.said.value = w.selected(nameOf(placed));
						}}
					/>
				)}
				{!loaded && <p class="whiteboard-loading">{w.loading}</p>}
			</div>
			<Unshared
				state={open.sync.value}
				onTakeBack={() => sync.current?.takeBack()}
				onDismiss={() => sync.current?.dismiss()}
			/>
			<Foot
				page={page}
				meeting={meeting}
				board={board}
				open={open}
				mayDraw={mayDraw}
				followed={followed}
				onSnapshots={() => setAsked("snapshots")}
				onRename={ownsBoard(meeting, board) ? () => setAsked("rename") : null}
			>
				<ToolButton
					label={w.objects}
					icon="list"
					pressed={listed}
					onClick={() => setListed(!listed)}
				/>
			</Foot>
			<output class="visually-hidden">{open.said.value}</output>
			{asked === "rename" && (
				<RenameDialog page={page} board={board} limit={meeting.limits.name} onClose={close} />
			)}
			{asked === "snapshots" && (
				<SnapshotDialog
					page={page}
					board={board}
					onClose={close}
					onBack={(snapshot, when) => {
						close();
						open.document.goBackTo(snapshot);
						open.turn(open.document.page);
						open.said.value = w.wentBack(when);
					}}
				/>
			)}
			{asked === "image" && (
				<ImageDialog
					page={page}
					meeting={meeting}
					onClose={close}
					onImage={(jpeg, name) => {
						close();
						const added = paste(open, jpeg, name);
						if (added) open.said.value = w.added(w.kinds.image);
					}}
				/>
			)}
		</div>
	);
}

function useSync(page: RoomPage, board: Board, open: Open): { readonly current: BoardSync | null } {
	const sync = useRef<BoardSync | null>(null);
	useEffect(() => {
		const { document, version, hands } = open;
		document.onChange = () => {
			version.value += 1;
			open.surface.value?.changed();
		};
		const made = new BoardSync(
			document,
			(listener) => page.actions.openBoard(board.id, listener),
			systemClock,
			Leftovers.open(systemClock).then((found) => found?.begin(board.id) ?? null),
			{
				changed: (state) => {
					open.sync.value = state;
					if (state.loaded) open.surface.value?.fitFirst();
				},
				pointed(participant, at) {
					const next = new Map(hands.value);
					if (at) next.set(participant, at);
					else next.delete(participant);
					hands.value = next;
				},
			},
		);
		sync.current = made;
		return () => {
			// The field goes only after this, and the document does not take it any more then.
			open.pencil.endWriting();
			made.close();
		};
	}, [page, board.id, open]);
	return sync;
}

/** Returns whether there is anything to see of it. */
function paste({ document, pencil, surface }: Open, jpeg: Uint8Array, name: string): boolean {
	const made = surface.peek();
	const size = sizeOfJpeg(jpeg);
	if (!made || !size) return false;
	const place = pasteAt(size, made.window.peek(), made.area);
	pencil.tool.value = "select";
	pencil.selected.value = [document.addImage(jpeg, place, name)];
	return true;
}
