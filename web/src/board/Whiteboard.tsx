/** One whiteboard, drawn on together. Loaded with the first one that somebody opens. */
import { type Signal, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../actions/actions";
import { systemClock } from "../core/clock";
import type { Board, Point } from "../protocol/generated";
import type { Meeting } from "../state/model";
import { whyNoPen } from "../state/room";
import { IconButton } from "../ui/Button";
import { useMedia, useSize } from "../ui/hooks";
import { setProperty } from "../ui/place";
import { type Background, BoardDocument } from "./document";
import { toPng, toSvg } from "./export";
import { toBoard } from "./geometry";
import { Hand } from "./hand";
import { Leftovers } from "./leftovers";
import { COLOURS } from "./model";
import { nameOf, ObjectList, stepOf } from "./ObjectList";
import { paletteFrom } from "./palette";
import { Pencil } from "./pencil";
import { Surface } from "./surface";
import { BoardSync, NOTHING_YET, type SyncState } from "./sync";
import { ToolButton, Toolbar } from "./Toolbar";
import { Unshared } from "./Unshared";
import { boardWords } from "./words";
import "./board.css";

interface WhiteboardProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly board: Board;
}

/** What belongs to one board that is open; none of it is state of the room. */
interface Open {
	readonly document: BoardDocument;
	readonly pencil: Pencil;
	readonly version: Signal<number>;
	readonly sync: Signal<SyncState>;
	readonly hands: Signal<ReadonlyMap<string, Point>>;
	readonly said: Signal<string>;
	readonly surface: Signal<Surface | null>;
}

const BACKGROUNDS: readonly Background[] = ["plain", "grid", "lines", "dots"];
const PAN_FACTOR = 4;
/** How long a browser may take to begin to save a file, in milliseconds. */
const KEEP_FILE_MS = 60_000;

function makeOpen(): Open {
	const document = new BoardDocument();
	const surface = signal<Surface | null>(null);
	return {
		document,
		pencil: new Pencil(document, () => surface.peek()?.window.peek().zoom ?? 1),
		version: signal(0),
		sync: signal(NOTHING_YET),
		hands: signal<ReadonlyMap<string, Point>>(new Map()),
		said: signal(""),
		surface,
	};
}

export function Whiteboard({ page, meeting, board }: WhiteboardProps) {
	const w = boardWords.value;
	const open = useMemo(makeOpen, []);
	const [listed, setListed] = useState(false);
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
			<Foot page={page} meeting={meeting} board={board} open={open} mayDraw={mayDraw}>
				<ToolButton
					label={w.objects}
					icon="list"
					pressed={listed}
					onClick={() => setListed(!listed)}
				/>
			</Foot>
			<output class="visually-hidden">{open.said.value}</output>
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
		return () => made.close();
	}, [page, board.id, open]);
	return sync;
}

interface PartProps extends WhiteboardProps {
	readonly open: Open;
	readonly mayDraw: boolean;
}

interface PaperProps extends PartProps {
	readonly onPoint: (at: Point | null) => void;
	readonly onRemove: () => void;
}

function Paper({ page, meeting, board, open, mayDraw, onPoint, onRemove }: PaperProps) {
	const w = boardWords.value;
	const { document, pencil, surface } = open;
	const area = useRef<HTMLDivElement>(null);
	const below = useRef<HTMLCanvasElement>(null);
	const above = useRef<HTMLCanvasElement>(null);
	const desk = useRef<HTMLDivElement>(null);
	const probes = useRef<HTMLDivElement>(null);
	const draws = useRef(mayDraw);
	draws.current = mayDraw;
	const size = useSize(area);
	const dark = useMedia("(prefers-color-scheme: dark)");
	const { theme } = page.state.preferences.value;
	useLayoutEffect(() => {
		if (!below.current || !above.current || !desk.current) return;
		const made = new Surface(document, pencil, below.current, above.current);
		surface.value = made;
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
		if (!mayDraw || event.key.toLowerCase() !== "z") return false;
		if (event.shiftKey) document.redo();
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
			rows={writing.kind === "note" ? 5 : 2}
			onBlur={(event) => pencil.wrote(event.currentTarget.value)}
			onKeyDown={(event) => {
				event.stopPropagation();
				if (event.key === "Escape") event.currentTarget.blur();
			}}
		/>
	);
}

interface FootProps extends PartProps {
	readonly children: preact.ComponentChildren;
}

function Foot({ page, board, open, mayDraw, children }: FootProps) {
	const w = boardWords.value;
	const { document, surface } = open;
	const online = page.state.stage.value.name === "in" && isOnline(page);
	void open.version.value;
	const save = async (kind: "png" | "svg") => {
		const palette = surface.value?.palette;
		if (!palette) return;
		const blob =
			kind === "png"
				? await toPng(document, palette)
				: new Blob([toSvg(document.objects, palette, board.name)], { type: "image/svg+xml" });
		if (blob) download(blob, `${board.name}.${kind}`);
	};
	return (
		<div class="whiteboard-foot">
			{children}
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
			<ToolButton label={w.savePng} icon="png" onClick={() => void save("png")} />
			<ToolButton label={w.saveSvg} icon="svg" onClick={() => void save("svg")} />
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

function download(blob: Blob, name: string): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	// Firefox begins to read it only after this.
	systemClock.after(KEEP_FILE_MS, () => URL.revokeObjectURL(link.href));
}
