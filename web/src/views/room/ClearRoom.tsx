/** Asks a host what of the room's content goes for ever, ticked one by one, with how much there is of it. */
import { useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { ClearRoom as Clear } from "../../protocol/generated";
import { bytesIn } from "../../state/content";
import type { Meeting } from "../../state/model";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

interface ClearRoomProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly onClose: () => void;
}

export type Ticked = Pick<Clear, "files" | "boards" | "chat">;

export const KEEP_ALL: Ticked = { files: false, boards: false, chat: false };

export function ClearRoom({ page, meeting, onClose }: ClearRoomProps) {
	const w = words.value;
	const [ticked, setTicked] = useState(KEEP_ALL);
	const clear = () => {
		onClose();
		void page.actions.asHost({ type: "ClearRoom", ...ticked });
	};
	return (
		<Dialog title={w.hosting.clearContent} closeLabel={w.close} onClose={onClose}>
			<p>{w.hosting.clearHow}</p>
			<Ticks meeting={meeting} legend={w.hosting.clearWhat} ticked={ticked} onTick={setTicked} />
			<div class="dialog-actions">
				<Button onClick={onClose}>{w.hosting.cancel}</Button>
				<Button kind="danger" disabled={!isAny(ticked)} onClick={clear}>
					{w.hosting.clearContent}
				</Button>
			</div>
		</Dialog>
	);
}

export function isAny(ticked: Ticked): boolean {
	return ticked.files || ticked.boards || ticked.chat;
}

interface TicksProps {
	readonly meeting: Meeting;
	readonly legend: string;
	readonly ticked: Ticked;
	readonly onTick: (ticked: Ticked) => void;
}

/** What there is nothing of cannot be ticked. */
export function Ticks({ meeting, legend, ticked, onTick }: TicksProps) {
	const w = words.value;
	const { content, boards } = meeting;
	const parts: readonly (readonly [keyof Ticked, string, boolean])[] = [
		[
			"files",
			w.hosting.clearFiles(content.length, w.content.size(bytesIn(content))),
			content.length > 0,
		],
		["boards", w.content.boards(boards.length), boards.length > 0],
		// Also what a host cannot see: others may have talked in private.
		["chat", w.hosting.clearChat, true],
	];
	return (
		<fieldset class="ticks">
			<legend>{legend}</legend>
			{parts.map(([part, label, there]) => (
				<label key={part} class="tick">
					<input
						type="checkbox"
						checked={ticked[part] && there}
						disabled={!there}
						onChange={({ currentTarget }) => onTick({ ...ticked, [part]: currentTarget.checked })}
					/>
					<span>{label}</span>
				</label>
			))}
		</fieldset>
	);
}
