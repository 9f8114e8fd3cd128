/** Makes a whiteboard. */
import { useId } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { whyNoPen } from "../../state/room";
import { Icon } from "../../ui/Icon";
import { contentAside } from "../room/ui";

interface BoardButtonProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
}

export function BoardButton({ page, meeting }: BoardButtonProps) {
	const w = words.value.content;
	const id = useId();
	const why = whyNoPen(meeting);
	return (
		<>
			<button
				type="button"
				class="button button-small"
				// Not disabled: the keyboard still gets here, and learns why.
				aria-disabled={why !== null}
				aria-describedby={why === null ? undefined : id}
				title={why === null ? undefined : w.noBoard[why]}
				onClick={() => {
					if (why !== null) return;
					contentAside.value = false;
					page.actions.makeBoard(w.boardName(freeNumber(meeting, w.boardName)));
				}}
			>
				<Icon name="presenter" size="small" />
				{w.newBoard}
			</button>
			{why !== null && (
				<span id={id} hidden>
					{w.noBoard[why]}
				</span>
			)}
		</>
	);
}

/** So that two boards are told apart. */
function freeNumber({ boards }: Meeting, nameOf: (number: number) => string): number {
	const names = new Set(boards.map(({ name }) => name));
	let number = 1;
	while (names.has(nameOf(number))) number += 1;
	return number;
}
