/** One whiteboard of the room. */
import { useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { fullTime, shortTime } from "../../i18n/times";
import type { Board } from "../../protocol/generated";
import { ownsBoard } from "../../state/boards";
import type { Meeting } from "../../state/model";
import { whyNoScreen } from "../../state/room";
import { IconButton } from "../../ui/Button";
import { useFocusKept } from "../../ui/hooks";
import { Icon } from "../../ui/Icon";
import { contentAside } from "../room/ui";
import { FileName } from "./FileName";
import { Keep } from "./FileRow";

interface BoardRowProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly board: Board;
	/** Goes in a moment. */
	readonly removing: boolean;
}

export function BoardRow(props: BoardRowProps) {
	const { page, meeting, board, removing } = props;
	const w = words.value.content;
	const row = useRef<HTMLLIElement>(null);
	useFocusKept(row);
	const { name, author, authorName, addedAt } = board;
	return (
		<li ref={row} class="file">
			<Icon name="presenter" />
			<div class="file-words">
				<FileName name={name} />
				<p class="file-facts">
					{removing ? (
						w.removing
					) : (
						<>
							<span>{w.board}</span>
							{authorName && (
								<span class="file-who">
									{author === meeting.you ? words.value.you(authorName) : authorName}
								</span>
							)}
							<time dateTime={new Date(addedAt).toISOString()} title={fullTime(addedAt)}>
								{shortTime(addedAt, Date.now())}
							</time>
						</>
					)}
				</p>
			</div>
			{removing ? <Keep onKeep={() => page.actions.keepItem(board.id)} /> : <Ways {...props} />}
		</li>
	);
}

function Ways({ page, meeting, board }: BoardRowProps) {
	const w = words.value.content;
	const { id, name } = board;
	return (
		<div class="file-ways">
			{whyNoScreen(meeting) === null && (
				<IconButton
					label={w.open(name)}
					icon="presenter"
					onClick={() => {
						contentAside.value = false;
						page.actions.present(id);
					}}
				/>
			)}
			{ownsBoard(meeting, board) && (
				<IconButton
					label={w.remove(name)}
					icon="delete"
					onClick={() => page.actions.removeItem(id)}
				/>
			)}
		</div>
	);
}
