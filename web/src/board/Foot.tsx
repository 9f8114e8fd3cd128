/** Below the paper: its pages, what it is saved as, whether everything is safe, and how near it is. */
import type { ComponentChildren } from "preact";
import type { RoomPage } from "../actions/actions";
import { IconButton } from "../ui/Button";
import { BACKGROUNDS } from "./document";
import type { PartProps } from "./open";
import { Pages } from "./Pages";
import { type FileKind, save } from "./saving";
import type { SyncState } from "./sync";
import { ToolButton } from "./Toolbar";
import { boardWords } from "./words";

interface FootProps extends PartProps {
	readonly onSnapshots: () => void;
	/** Null: it is not one's own to rename. */
	readonly onRename: (() => void) | null;
	readonly children: ComponentChildren;
}

const FILES: readonly FileKind[] = ["png", "svg", "pdf"];

export function Foot(props: FootProps) {
	const { page, board, open, mayDraw, children, onRename } = props;
	const w = boardWords.value;
	const { document, surface } = open;
	const online = page.state.stage.value.name === "in" && isOnline(page);
	void open.version.value;
	const saveAs = async (kind: FileKind) => {
		const made = surface.value && (await save(kind, board.name, document, surface.value));
		if (!made) open.said.value = w.notSaved;
	};
	return (
		<div class="whiteboard-foot">
			{children}
			<Pages open={open} mayDraw={mayDraw} />
			{mayDraw && (
				<label class="whiteboard-paper-choice">
					<span class="visually-hidden">{w.background}</span>
					<select
						class="input select"
						value={document.background}
						onChange={({ currentTarget }) =>
							document.setBackground(
								BACKGROUNDS.find((one) => one === currentTarget.value) ?? "plain",
							)
						}
					>
						{BACKGROUNDS.map((one) => (
							<option key={one} value={one}>
								{w.backgrounds[one]}
							</option>
						))}
					</select>
				</label>
			)}
			{mayDraw && <ToolButton label={w.snapshots} icon="snapshots" onClick={props.onSnapshots} />}
			{onRename && <ToolButton label={w.rename} icon="rename" onClick={onRename} />}
			{FILES.map((kind) => (
				<ToolButton key={kind} label={w.save[kind]} icon={kind} onClick={() => void saveAs(kind)} />
			))}
			<output class="whiteboard-state" data-safe={!open.sync.value.waiting}>
				{stateOf(open.sync.value, online)}
			</output>
			<div class="whiteboard-zoom">
				<IconButton label={w.zoomOut} icon="smaller" onClick={() => surface.value?.zoom(-1)} />
				<IconButton label={w.fit} icon="fit" onClick={() => surface.value?.fit()} />
				<IconButton label={w.zoomIn} icon="larger" onClick={() => surface.value?.zoom(1)} />
			</div>
		</div>
	);
}

function stateOf({ waiting, refusal }: SyncState, online: boolean): string {
	const w = boardWords.value;
	if (!online) return w.offline;
	if (refusal) return w.notShared;
	return waiting ? w.saving : w.saved;
}

function isOnline(page: RoomPage): boolean {
	const stage = page.state.stage.value;
	return stage.name === "in" && stage.connection.name === "online";
}
