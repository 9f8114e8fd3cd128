/** What is drawn on: the canvas, the hands of the others, and the text that is being written. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Point } from "../protocol/generated";
import { useMedia, useSize } from "../ui/hooks";
import { setProperty } from "../ui/place";
import { toBoard } from "./geometry";
import { Hand } from "./hand";
import { COLOURS, LONGEST_TEXT } from "./model";
import { stepOf } from "./ObjectList";
import type { Open, PartProps } from "./open";
import { paletteFrom } from "./palette";
import { Surface } from "./surface";
import { boardWords } from "./words";

const PAN_FACTOR = 4;

interface PaperProps extends PartProps {
	readonly onPoint: (at: Point | null) => void;
	readonly onRemove: () => void;
	/** The person looks somewhere else. */
	readonly onLook: () => void;
}

export function Paper(props: PaperProps) {
	const { page, meeting, board, open, mayDraw, followed, onPoint, onRemove } = props;
	const w = boardWords.value;
	const { document, pencil, surface } = open;
	const area = useRef<HTMLDivElement>(null);
	const below = useRef<HTMLCanvasElement>(null);
	const above = useRef<HTMLCanvasElement>(null);
	const desk = useRef<HTMLDivElement>(null);
	const probes = useRef<HTMLDivElement>(null);
	const draws = useRef(mayDraw);
	draws.current = mayDraw;
	const looked = useRef(props.onLook);
	looked.current = props.onLook;
	const size = useSize(area);
	const dark = useMedia("(prefers-color-scheme: dark)");
	const { theme } = page.state.preferences.value;
	useLayoutEffect(() => {
		if (!below.current || !above.current || !desk.current) return;
		const made = new Surface(document, pencil, below.current, above.current);
		surface.value = made;
		made.onLook = () => looked.current();
		new Hand(desk.current, {
			pencil,
			area: () => made.area,
			window: () => made.window.peek(),
			look: (window) => made.look(window),
			mayDraw: () => draws.current,
			changed: () => made.changed(),
			pointed: (at) => draws.current && onPoint(at && toBoard(made.window.peek(), made.area, at)),
		});
		return () => made.stop();
	}, [document, pencil, surface]);
	useLayoutEffect(() => {
		surface.value?.resize(size);
		if (open.sync.value.loaded) surface.value?.fitFirst();
	}, [size, surface, open]);
	const { loaded } = open.sync.value;
	void open.version.value;
	const pages = document.pages.length;
	useEffect(() => {
		// Again when a page comes, or the screen is turned: what they see is seen here.
		if (followed && loaded && pages > 0 && size.width > 0) open.follow(followed);
	}, [open, followed, loaded, pages, size]);
	// After the theme is on the page.
	useEffect(() => {
		if (probes.current) surface.value?.dress(paletteFrom(probes.current));
	}, [dark, theme, surface]);
	// What is selected is painted too.
	const chosen = pencil.selected.value;
	useEffect(() => surface.value?.changed(), [chosen, surface]);
	const keyed = (event: KeyboardEvent) => {
		const made = surface.value;
		if (!made) return;
		if (!actOn(event, open, made, mayDraw, onRemove)) return;
		event.preventDefault();
		event.stopPropagation();
	};
	return (
		<div ref={area} class="whiteboard-area" data-tool={pencil.tool.value}>
			<div ref={probes} class="whiteboard-probes" aria-hidden="true">
				{[...COLOURS, ...COLOURS.map((one) => `note-${one}`), "paper", "lines", "accent"].map(
					(name) => (
						<i key={name} data-colour={name} />
					),
				)}
			</div>
			<canvas ref={below} class="whiteboard-canvas" />
			<div
				ref={desk}
				class="whiteboard-desk"
				role="application"
				aria-label={w.paper(board.name)}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: it is drawn on, by keyboard too.
				tabIndex={0}
				onKeyDown={keyed}
				onDblClick={() => {
					const [id] = pencil.selected.value;
					if (mayDraw && id !== undefined) pencil.edit(id);
				}}
			>
				<canvas ref={above} class="whiteboard-canvas" />
			</div>
			<Hands meeting={meeting} open={open} />
			<WritingField open={open} />
		</div>
	);
}

/** What a key does on the paper. Returns whether it did anything. */
function actOn(
	event: KeyboardEvent,
	{ document, pencil, said }: Open,
	surface: Surface,
	mayDraw: boolean,
	onRemove: () => void,
): boolean {
	const w = boardWords.value;
	const withControl = event.ctrlKey || event.metaKey;
	if (withControl) {
		const key = event.key.toLowerCase();
		if (!mayDraw || (key !== "z" && key !== "a")) return false;
		if (key === "a") pencil.selectAll();
		else if (event.shiftKey) document.redo();
		else document.undo();
		return true;
	}
	const by = stepOf(event);
	const window = surface.window.value;
	if (by && mayDraw && pencil.selected.value.length > 0) pencil.nudge(by);
	else if (by) {
		const factor = PAN_FACTOR / window.zoom;
		surface.look({ ...window, x: window.x + by.x * factor, y: window.y + by.y * factor });
	} else if (event.key === "+" || event.key === "=") surface.zoom(1);
	else if (event.key === "-") surface.zoom(-1);
	else if (event.key === "0") surface.fit();
	else if (!mayDraw) return false;
	else if (event.key === "Delete" || event.key === "Backspace") onRemove();
	else if (event.key === "Escape") pencil.selected.value = [];
	else if (event.key === "Enter") {
		const [chosen] = pencil.selected.value;
		if (chosen !== undefined && pencil.tool.value === "select") pencil.edit(chosen);
		else if (pencil.put(window) !== null) said.value = w.added(w.tool[pencil.tool.value]);
	} else return false;
	return true;
}

/** Where the others have their hands. */
function Hands({ meeting, open }: Pick<PartProps, "meeting" | "open">) {
	const surface = open.surface.value;
	void surface?.window.value;
	if (!surface) return null;
	return (
		<div class="whiteboard-hands" aria-hidden="true">
			{[...open.hands.value].flatMap(([id, at]) => {
				const name = meeting.participants.find((one) => one.id === id)?.name;
				if (name === undefined) return [];
				return [<OneHand key={id} name={name} at={surface.screen(at)} />];
			})}
		</div>
	);
}

function OneHand({ name, at }: { readonly name: string; readonly at: Point }) {
	const element = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		if (!element.current) return;
		setProperty(element.current, "--x", `${at.x}px`);
		setProperty(element.current, "--y", `${at.y}px`);
	}, [at.x, at.y]);
	return (
		<div ref={element} class="whiteboard-hand">
			<span class="whiteboard-hand-name" dir="auto">
				{name}
			</span>
		</div>
	);
}

/** The text that is being written, where it will be. */
function WritingField({ open }: Pick<PartProps, "open">) {
	const { pencil } = open;
	const surface = open.surface.value;
	const writing = pencil.writing.value;
	const field = useRef<HTMLTextAreaElement>(null);
	const window = surface?.window.value;
	useLayoutEffect(() => {
		if (!field.current || !writing || !surface || !window) return;
		const at = surface.screen(writing.at);
		setProperty(field.current, "--x", `${at.x}px`);
		setProperty(field.current, "--y", `${at.y}px`);
		setProperty(field.current, "--letters", `${Math.max(12, writing.size * window.zoom)}px`);
	}, [writing, surface, window]);
	useLayoutEffect(() => field.current?.focus(), [writing]);
	if (!writing) return null;
	return (
		<textarea
			key={writing.id ?? "new"}
			ref={field}
			class="whiteboard-writing"
			data-kind={writing.kind}
			aria-label={boardWords.value.textField}
			defaultValue={writing.text}
			dir="auto"
			maxLength={LONGEST_TEXT}
			rows={writing.kind === "note" ? 5 : 2}
			onInput={(event) => pencil.types(event.currentTarget.value)}
			onBlur={(event) => pencil.wrote(event.currentTarget.value)}
			onKeyDown={(event) => {
				event.stopPropagation();
				if (event.key === "Escape") event.currentTarget.blur();
			}}
		/>
	);
}
