/**
 * Draws a board on a canvas. Strokes get their outline little by little: with 20,000 of them the first
 * picture shows thin lines where nobody sees the difference, and everything is there at once.
 */
import type { Background } from "./document";
import { type Area, boxOf, moved, overlap, seen, type Window } from "./geometry";
import {
	type Box,
	type Colour,
	type Drawn,
	isImage,
	isStroke,
	isWriting,
	LINE_HEIGHT,
	type PastedImage,
	type Placed,
	type Stroke,
	type Writing,
} from "./model";
import { notePath, opacityOf, outlineOf, trace } from "./outline";

/** Of the theme as it is now. */
export interface Palette {
	readonly colours: Readonly<Record<Colour, string>>;
	readonly paper: string;
	readonly note: Readonly<Record<Colour, string>>;
	readonly lines: string;
	readonly accent: string;
	readonly font: string;
}

export interface Picture {
	readonly objects: readonly Placed[];
	readonly window: Window;
	readonly area: Area;
	readonly palette: Palette;
	readonly background: Background;
	/** Pixels of the screen per pixel of the page. */
	readonly ratio: number;
	/** Null: not there yet, or never. */
	readonly imageOf: (drawn: PastedImage) => CanvasImageSource | null;
}

interface Cached {
	readonly box: Box;
	fine?: Path2D;
}

const cache = new WeakMap<Drawn, Cached>();
/** Thinner than this on the screen, in pixels, an outline cannot be told from a line. */
const THIN = 1.6;
/** Pixels of the screen, of which nobody sees so few. */
const UNSEEN = 0.5;
const GRID = 40;
const FEWEST_PIXELS = 10;
const PADDING = 12;

/** Returns the strokes that deserve an outline and have none yet. */
export function paint(context: CanvasRenderingContext2D, picture: Picture): readonly Stroke[] {
	const { area, palette, ratio } = picture;
	context.setTransform(ratio, 0, 0, ratio, 0, 0);
	context.fillStyle = palette.paper;
	context.fillRect(0, 0, area.width, area.height);
	paintBackground(context, picture);
	return paintObjects(context, picture);
}

/** Only the objects, on what is there already. */
export function paintObjects(
	context: CanvasRenderingContext2D,
	picture: Picture,
): readonly Stroke[] {
	const { objects, window, area, palette, ratio, imageOf } = picture;
	const visible = seen(window, area);
	const rough: Stroke[] = [];
	for (const placed of objects) {
		const known = cachedOf(placed.drawn);
		if (!overlap(moved(known.box, placed.by), visible)) continue;
		lookFrom(context, window, area, ratio, placed);
		if (isImage(placed.drawn)) {
			paste(context, placed.drawn, imageOf(placed.drawn), palette);
		} else if (paintOne(context, placed.drawn, known, picture)) {
			rough.push(placed.drawn as Stroke);
		}
	}
	context.globalAlpha = 1;
	return rough;
}

/** As many outlines as so many milliseconds allow. Returns those that are left. */
export function refine(strokes: readonly Stroke[], ms: number): readonly Stroke[] {
	const end = performance.now() + ms;
	let done = 0;
	while (done < strokes.length && performance.now() < end) {
		const stroke = strokes[done];
		if (stroke) cachedOf(stroke).fine = new Path2D(outlineOf(stroke).path);
		done += 1;
	}
	return strokes.slice(done);
}

export function boxOfPlaced({ drawn, by }: Placed): Box {
	return moved(cachedOf(drawn).box, by);
}

/** Lines of a note, as wide as its paper. */
export function wrapped(text: string, width: number, measure: (text: string) => number): string[] {
	const lines: string[] = [];
	for (const paragraph of text.split("\n")) {
		let line = "";
		for (const word of paragraph.split(" ")) {
			const longer = line === "" ? word : `${line} ${word}`;
			if (line !== "" && measure(longer) > width) {
				lines.push(line);
				line = word;
			} else line = longer;
		}
		lines.push(line);
	}
	return lines;
}

function cachedOf(drawn: Drawn): Cached {
	const known = cache.get(drawn);
	if (known) return known;
	const made = { box: boxOf(drawn) };
	cache.set(drawn, made);
	return made;
}

function lookFrom(
	context: CanvasRenderingContext2D,
	window: Window,
	area: Area,
	ratio: number,
	{ by }: Placed,
): void {
	const scale = window.zoom * ratio;
	context.setTransform(
		scale,
		0,
		0,
		scale,
		(area.width / 2) * ratio + (by.x - window.x) * scale,
		(area.height / 2) * ratio + (by.y - window.y) * scale,
	);
}

/** Returns whether it deserves an outline that it does not have. */
function paintOne(
	context: CanvasRenderingContext2D,
	drawn: Exclude<Drawn, PastedImage>,
	known: Cached,
	{ palette, window: { zoom }, ratio }: Picture,
): boolean {
	const colour = palette.colours[drawn.colour];
	context.globalAlpha = opacityOf(drawn.kind);
	if (isWriting(drawn)) {
		write(context, drawn, palette);
		return false;
	}
	context.lineCap = "round";
	context.lineJoin = "round";
	context.lineWidth = drawn.size;
	context.strokeStyle = colour;
	context.fillStyle = colour;
	if (!isStroke(drawn)) {
		known.fine ??= new Path2D(outlineOf(drawn).path);
		context.stroke(known.fine);
		return false;
	}
	if (known.fine) {
		context.fill(known.fine);
		return false;
	}
	context.beginPath();
	trace(context, drawn, UNSEEN / (zoom * ratio));
	context.stroke();
	return drawn.size * zoom > THIN;
}

/** A frame where it would be, as long as it is not there. */
function paste(
	context: CanvasRenderingContext2D,
	drawn: PastedImage,
	image: CanvasImageSource | null,
	{ colours }: Palette,
): void {
	const { left, top, right, bottom } = boxOf(drawn);
	context.globalAlpha = 1;
	if (image) {
		context.drawImage(image, left, top, right - left, bottom - top);
		return;
	}
	context.lineWidth = 1;
	context.strokeStyle = colours.ink;
	context.strokeRect(left, top, right - left, bottom - top);
}

function write(context: CanvasRenderingContext2D, drawn: Writing, palette: Palette): void {
	const { at, text, size, kind, colour, side } = drawn;
	context.font = `${size}px ${palette.font}`;
	context.textBaseline = "top";
	const isNote = kind === "note";
	if (isNote) {
		context.fillStyle = palette.note[colour];
		context.fill(new Path2D(notePath(drawn)));
	}
	context.fillStyle = isNote ? palette.colours.ink : palette.colours[colour];
	const inset = isNote ? PADDING : 0;
	const lines = isNote
		? wrapped(text, side - 2 * PADDING, (words) => context.measureText(words).width)
		: text.split("\n");
	const most = isNote ? Math.floor((side - 2 * PADDING) / (size * LINE_HEIGHT)) : lines.length;
	for (const [n, line] of lines.slice(0, most).entries()) {
		context.fillText(line, at.x + inset, at.y + inset + n * size * LINE_HEIGHT);
	}
}

function paintBackground(context: CanvasRenderingContext2D, picture: Picture): void {
	const { window, area, palette, background } = picture;
	let step = GRID * window.zoom;
	if (background === "plain") return;
	while (step < FEWEST_PIXELS) step *= 4;
	const startX = (((area.width / 2 - window.x * window.zoom) % step) + step) % step;
	const startY = (((area.height / 2 - window.y * window.zoom) % step) + step) % step;
	context.fillStyle = palette.lines;
	for (let y = startY; y < area.height; y += step) {
		if (background !== "dots") context.fillRect(0, Math.round(y), area.width, 1);
		else for (let x = startX; x < area.width; x += step) context.fillRect(x - 1, y - 1, 2, 2);
	}
	if (background !== "grid") return;
	for (let x = startX; x < area.width; x += step) {
		context.fillRect(Math.round(x), 0, 1, area.height);
	}
}
