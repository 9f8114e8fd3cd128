/** What one draws with. It takes another row where it has to; on a phone it scrolls sideways. */
import type { ReadonlySignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { BoardIcon, type BoardIconName } from "./BoardIcon";
import type { BoardDocument } from "./document";
import { COLOURS } from "./model";
import { type Pencil, STEP, type Thickness, type Tool } from "./pencil";
import { boardWords } from "./words";

const TOOLS: readonly Tool[] = [
	"select",
	"pan",
	"pen",
	"marker",
	"highlighter",
	"line",
	"arrow",
	"rectangle",
	"ellipse",
	"text",
	"note",
	"eraser",
];
const THICKNESSES: readonly Thickness[] = ["thin", "medium", "thick"];

interface ToolbarProps {
	readonly pencil: Pencil;
	readonly document: BoardDocument;
	/** Rises with every change, so that undo and redo know. */
	readonly version: ReadonlySignal<number>;
	readonly onRemove: () => void;
	readonly onImage: () => void;
}

export function Toolbar({ pencil, document, version, onRemove, onImage }: ToolbarProps) {
	const w = boardWords.value;
	void version.value;
	const selecting = pencil.selected.value.length > 0;
	return (
		<div class="whiteboard-tools" role="toolbar" aria-label={w.tools}>
			<div class="whiteboard-group">
				<ToolButton
					label={w.undo}
					icon="undo"
					disabled={!document.canUndo}
					onClick={() => document.undo()}
				/>
				<ToolButton
					label={w.redo}
					icon="redo"
					disabled={!document.canRedo}
					onClick={() => document.redo()}
				/>
				<ToolButton
					label={w.remove}
					icon="delete"
					disabled={pencil.selected.value.length === 0}
					onClick={onRemove}
				/>
				<ToolButton
					label={w.larger}
					icon="expand"
					disabled={pencil.selected.value.length === 0}
					onClick={() => pencil.resize(STEP)}
				/>
				<ToolButton
					label={w.smaller}
					icon="shrink"
					disabled={pencil.selected.value.length === 0}
					onClick={() => pencil.resize(1 / STEP)}
				/>
			</div>
			<div class="whiteboard-group">
				{TOOLS.map((tool) => (
					<ToolButton
						key={tool}
						label={w.tool[tool]}
						icon={tool}
						pressed={pencil.tool.value === tool}
						onClick={() => {
							pencil.tool.value = tool;
							if (tool !== "select") pencil.selected.value = [];
						}}
					/>
				))}
				<ToolButton label={w.addImage} icon="image" onClick={onImage} />
			</div>
			<Choice
				label={selecting ? w.colourOfChosen : w.colour}
				all={COLOURS}
				chosen={selecting ? pencil.chosenColour : pencil.colour.value}
				nameOf={(colour) => w.colours[colour]}
				attribute="data-swatch"
				onChoose={(colour) => pencil.choose(colour)}
			/>
			<Choice
				label={w.thickness}
				all={THICKNESSES}
				chosen={pencil.thickness.value}
				nameOf={(thickness) => w.thicknesses[thickness]}
				attribute="data-thickness"
				onChoose={(thickness) => pencil.thicken(thickness)}
			/>
		</div>
	);
}

interface ToolButtonProps {
	readonly label: string;
	readonly icon: BoardIconName;
	readonly pressed?: boolean;
	readonly disabled?: boolean;
	readonly onClick: () => void;
}

export function ToolButton({ label, icon, pressed, disabled, onClick }: ToolButtonProps) {
	return (
		<button
			type="button"
			class="whiteboard-tool"
			aria-label={label}
			aria-pressed={pressed}
			// Not disabled: the focus stays where it is when the last step is undone.
			aria-disabled={disabled}
			title={label}
			onClick={() => !disabled && onClick()}
		>
			<BoardIcon name={icon} />
		</button>
	);
}

interface ChoiceProps<T extends string> {
	readonly label: string;
	readonly all: readonly T[];
	/** Null: what is selected has different ones. */
	readonly chosen: T | null;
	readonly nameOf: (one: T) => string;
	readonly attribute: "data-swatch" | "data-thickness";
	readonly onChoose: (one: T) => void;
}

function Choice<T extends string>(props: ChoiceProps<T>) {
	const name = useId();
	return (
		<fieldset class="whiteboard-choice">
			<legend class="visually-hidden">{props.label}</legend>
			{props.all.map((one) => (
				<label key={one} class="whiteboard-option" title={props.nameOf(one)}>
					<input
						type="radio"
						class="visually-hidden"
						name={name}
						checked={one === props.chosen}
						aria-label={props.nameOf(one)}
						onChange={() => props.onChoose(one)}
					/>
					<span class="whiteboard-dot" {...{ [props.attribute]: one }} />
				</label>
			))}
		</fieldset>
	);
}
