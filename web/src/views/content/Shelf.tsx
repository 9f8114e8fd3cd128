/** The files of the room, and those of one's own that are on their way. */
import { useId, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { bytesIn, mayRemove } from "../../state/content";
import type { Meeting } from "../../state/model";
import { whyNoScreen } from "../../state/room";
import { Icon } from "../../ui/Icon";
import { openDialog } from "../room/ui";
import { BoardButton } from "./BoardButton";
import { BoardRow } from "./BoardRow";
import { FileRow } from "./FileRow";
import { UploadButton } from "./UploadButton";
import { UploadRow } from "./UploadRow";
import "./shelf.css";

interface ShelfProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	/** Something else has the most of the space. */
	readonly beside: boolean;
	/** Until the person unfolds it. */
	readonly folded: boolean;
}

export function Shelf({ page, meeting, beside, folded }: ShelfProps) {
	const w = words.value.content;
	const id = useId();
	const [unfolded, setOpen] = useState<boolean | null>(null);
	const open = unfolded ?? !folded;
	const { content, boards } = meeting;
	const used = bytesIn(content);
	const limit = meeting.limits.content;
	return (
		<div class={`shelf${beside ? " shelf-beside" : ""}`}>
			<div class="shelf-head">
				<button
					type="button"
					class="button button-quiet button-small shelf-fold"
					aria-expanded={open}
					aria-controls={id}
					onClick={() => setOpen(!open)}
				>
					<Icon name="fold" size="small" />
					{boards.length > 0 && `${w.boards(boards.length)}, `}
					{w.files(content.length)}
				</button>
				<p class="shelf-used">
					<button
						type="button"
						class="button button-quiet button-small"
						aria-label={w.usedLong(used, limit)}
						onClick={() => {
							openDialog.value = "usage";
						}}
					>
						<span>{w.used(used, limit)}</span>
					</button>
				</p>
				<BoardButton page={page} meeting={meeting} />
				<UploadButton page={page} meeting={meeting} />
			</div>
			<div id={id} class="shelf-rows" hidden={!open}>
				{page.state.uploads.value.map((upload) => (
					<UploadRow key={upload.id} page={page} upload={upload} />
				))}
				<ul>
					{boards.toReversed().map((board) => (
						<BoardRow
							key={board.id}
							page={page}
							meeting={meeting}
							board={board}
							removing={page.state.removing.value.has(board.id)}
						/>
					))}
					{content.toReversed().map((item) => (
						<FileRow
							key={item.id}
							page={page}
							item={item}
							shareable={whyNoScreen(meeting) === null}
							own={item.author === meeting.you}
							removable={mayRemove(meeting, item)}
							removing={page.state.removing.value.has(item.id)}
						/>
					))}
				</ul>
			</div>
		</div>
	);
}
