/** Everything on the board as a list: what the picture is to eyes, this is to ears and keyboards. */
import type { ReadonlySignal } from "@preact/signals";
import { useId, useState } from "preact/hooks";
import { Button } from "../ui/Button";
import type { BoardDocument } from "./document";
import { isImage, isWriting, type Placed, type Point } from "./model";
import type { Pencil } from "./pencil";
import { ToolButton } from "./Toolbar";
import { boardWords } from "./words";

interface ObjectListProps {
	readonly document: BoardDocument;
	readonly pencil: Pencil;
	readonly version: ReadonlySignal<number>;
	readonly mayDraw: boolean;
	/** What waits cannot be shared now. */
	readonly refused: boolean;
	readonly onSelect: (placed: Placed) => void;
	readonly onRemove: () => void;
}

/** At a time: nobody reads on beyond that without wanting to. */
const PAGE = 100;
const STEP = 10;
const LONGEST = 60;

export function ObjectList(props: ObjectListProps) {
	const { document, pencil, version, mayDraw } = props;
	const w = boardWords.value;
	const [shown, setShown] = useState(PAGE);
	const hint = useId();
	void version.value;
	const unshared = props.refused ? document.waitingObjects : new Set<string>();
	const objects = document.objects.slice(-shown).toReversed();
	return (
		<section
			class="whiteboard-list"
			aria-label={w.objects}
			onKeyDown={(event) => {
				const by = stepOf(event);
				if (!mayDraw || pencil.selected.value.length === 0) return;
				if (by) pencil.nudge(by);
				else if (event.key === "Delete" || event.key === "Backspace") props.onRemove();
				else return;
				event.preventDefault();
			}}
		>
			<p class="whiteboard-count">{w.count(document.objects.length)}</p>
			{objects.length === 0 && <p class="whiteboard-hint">{w.empty}</p>}
			{mayDraw && objects.length > 0 && (
				<p id={hint} class="whiteboard-hint">
					{w.listKeys}
				</p>
			)}
			<ul aria-describedby={hint}>
				{objects.map((placed) => (
					<li key={placed.id} class="whiteboard-row">
						<button
							type="button"
							class="whiteboard-object"
							aria-pressed={pencil.selected.value.includes(placed.id)}
							onClick={() => props.onSelect(placed)}
						>
							<span class="whiteboard-dot" data-swatch={placed.drawn.colour} />
							<span class="whiteboard-object-name" dir="auto">
								{unshared.has(placed.id) ? w.notSharedYet(nameOf(placed)) : nameOf(placed)}
							</span>
						</button>
						{mayDraw && isWriting(placed.drawn) && (
							<ToolButton label={w.edit} icon="edit" onClick={() => pencil.edit(placed.id)} />
						)}
					</li>
				))}
			</ul>
			{document.objects.length > shown && (
				<Button size="small" onClick={() => setShown(shown + PAGE)}>
					{w.more}
				</Button>
			)}
		</section>
	);
}

/** As a screen reader says it. */
export function nameOf({ drawn }: Placed): string {
	const w = boardWords.value;
	const kind = w.kinds[drawn.kind];
	if (isImage(drawn)) return w.writing(kind, drawn.name);
	if (!isWriting(drawn)) return w.object(kind, w.colours[drawn.colour]);
	const text = drawn.text.replaceAll("\n", " ");
	return w.writing(kind, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

/** By how much an arrow key moves things; null for other keys. */
export function stepOf(event: KeyboardEvent): Point | null {
	if (event.ctrlKey || event.metaKey || event.altKey) return null;
	const step = event.shiftKey ? 1 : STEP;
	switch (event.key) {
		case "ArrowLeft":
			return { x: -step, y: 0 };
		case "ArrowRight":
			return { x: step, y: 0 };
		case "ArrowUp":
			return { x: 0, y: -step };
		case "ArrowDown":
			return { x: 0, y: step };
		default:
			return null;
	}
}
