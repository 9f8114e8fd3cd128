/** Icons of the tools: loaded with the first whiteboard, not with the room. */
import {
	ArrowUpRight,
	ChevronLeft,
	ChevronRight,
	Circle,
	Eraser,
	Expand,
	FileCode,
	FileMinus,
	FilePlus,
	FileText,
	Grid3x3,
	Hand,
	Highlighter,
	History,
	ImageDown,
	ImagePlus,
	List,
	MousePointer2,
	Paintbrush,
	Pen,
	Pencil,
	PencilLine,
	Redo2,
	Shrink,
	Slash,
	Square,
	StickyNote,
	Trash2,
	Type,
	Undo2,
} from "lucide";
import { h } from "preact";

const shapes = {
	select: MousePointer2,
	pan: Hand,
	pen: Pen,
	marker: Paintbrush,
	highlighter: Highlighter,
	line: Slash,
	arrow: ArrowUpRight,
	rectangle: Square,
	ellipse: Circle,
	text: Type,
	note: StickyNote,
	eraser: Eraser,
	undo: Undo2,
	redo: Redo2,
	list: List,
	paper: Grid3x3,
	png: ImageDown,
	svg: FileCode,
	delete: Trash2,
	edit: Pencil,
	image: ImagePlus,
	expand: Expand,
	shrink: Shrink,
	before: ChevronLeft,
	after: ChevronRight,
	addPage: FilePlus,
	removePage: FileMinus,
	pdf: FileText,
	snapshots: History,
	rename: PencilLine,
} as const;

export type BoardIconName = keyof typeof shapes;

export function BoardIcon({ name }: { readonly name: BoardIconName }) {
	return (
		<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			{shapes[name].map(([tag, attributes]) => h(tag, attributes))}
		</svg>
	);
}
