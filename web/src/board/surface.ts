/** The picture of a board on the screen: what is kept below, what the hand does above. */
import { signal } from "@preact/signals";
import type { BoardDocument } from "./document";
import { type Area, around, fitting, START, toScreen, type Window, zoomedAt } from "./geometry";
import { Images } from "./images";
import type { Placed, Point, Stroke } from "./model";
import { boxOfPlaced, type Palette, type Picture, paint, paintObjects, refine } from "./paint";
import type { Pencil } from "./pencil";

/** Of one slice of work between two pictures, in milliseconds. */
const SLICE_MS = 10;
const STEP = 1.25;

export class Surface {
	readonly window = signal<Window>(START);
	readonly images: Images;
	/** Called after the person moved the view. */
	onLook: () => void = () => undefined;
	readonly #document: BoardDocument;
	readonly #pencil: Pencil;
	readonly #below: HTMLCanvasElement;
	readonly #above: HTMLCanvasElement;
	#area: Area = { width: 0, height: 0 };
	#palette: Palette | null = null;
	#frame: number | null = null;
	#painted: Picture | null = null;
	#rough: readonly Stroke[] = [];
	#refining: ReturnType<typeof setTimeout> | null = null;
	#fitted = false;

	constructor(
		document: BoardDocument,
		pencil: Pencil,
		below: HTMLCanvasElement,
		above: HTMLCanvasElement,
	) {
		this.#document = document;
		this.#pencil = pencil;
		this.#below = below;
		this.#above = above;
		this.images = new Images(
			(drawn) => document.bytesOf(drawn),
			() => this.#repaint(),
		);
		document.onImage = () => this.#repaint();
	}

	get area(): Area {
		return this.#area;
	}

	get palette(): Palette | null {
		return this.#palette;
	}

	resize(area: Area): void {
		this.#area = area;
		for (const canvas of [this.#below, this.#above]) {
			canvas.width = Math.max(1, Math.round(area.width * devicePixelRatio));
			canvas.height = Math.max(1, Math.round(area.height * devicePixelRatio));
		}
		this.#repaint();
	}

	dress(palette: Palette): void {
		this.#palette = palette;
		this.#repaint();
	}

	/** The person looks somewhere else. */
	look(window: Window): void {
		this.show(window);
		this.onLook();
	}

	/** Not by the person: nobody is told. */
	show(window: Window): void {
		this.window.value = window;
		this.changed();
	}

	zoom(direction: 1 | -1): void {
		const middle = { x: this.#area.width / 2, y: this.#area.height / 2 };
		this.look(zoomedAt(this.window.value, this.#area, middle, STEP ** direction));
	}

	fit(): void {
		this.look(this.#fitting);
	}

	showAll(): void {
		this.show(this.#fitting);
	}

	/** Once, as soon as everything is there. */
	fitFirst(): void {
		if (this.#fitted || this.#area.width === 0) return;
		this.#fitted = true;
		this.showAll();
	}

	get #fitting(): Window {
		return fitting(around(this.#document.objects.map(boxOfPlaced)), this.#area);
	}

	screen(at: Point): Point {
		return toScreen(this.window.value, this.#area, at);
	}

	/** Paint before the next picture of the screen. */
	changed(): void {
		this.#frame ??= requestAnimationFrame(() => {
			this.#frame = null;
			this.#paint();
		});
	}

	stop(): void {
		if (this.#frame !== null) cancelAnimationFrame(this.#frame);
		if (this.#refining !== null) clearTimeout(this.#refining);
		this.images.stop();
	}

	#repaint(): void {
		this.#painted = null;
		this.changed();
	}

	#paint(): void {
		const below = this.#below.getContext("2d");
		const above = this.#above.getContext("2d");
		if (!below || !above || !this.#palette) return;
		const picture = this.#picture(this.#palette);
		this.#paintBelow(below, picture);
		above.setTransform(1, 0, 0, 1, 0, 0);
		above.clearRect(0, 0, this.#above.width, this.#above.height);
		this.#paintAbove(above, picture);
	}

	#picture(palette: Palette): Picture {
		const hidden = this.#pencil.erased;
		const lifted = this.#pencil.lifts ? new Set(this.#pencil.selected.value) : hidden;
		const { objects } = this.#document;
		const kept = hidden.size + lifted.size > 0;
		return {
			objects: kept ? objects.filter(({ id }) => !hidden.has(id) && !lifted.has(id)) : objects,
			window: this.window.value,
			area: this.#area,
			palette,
			background: this.#document.background,
			ratio: devicePixelRatio,
			imageOf: (drawn) => this.images.of(drawn),
		};
	}

	#paintBelow(context: CanvasRenderingContext2D, picture: Picture): void {
		const before = this.#painted;
		this.#painted = picture;
		if (before && isSameView(before, picture)) {
			if (before.objects === picture.objects) return;
			if (isBeginning(before.objects, picture.objects)) {
				const added = picture.objects.slice(before.objects.length);
				this.#refineSoon([
					...this.#rough,
					...paintObjects(context, { ...picture, objects: added }),
				]);
				return;
			}
		}
		this.images.begin();
		this.#refineSoon(paint(context, picture));
	}

	#paintAbove(context: CanvasRenderingContext2D, picture: Picture): void {
		const { draft, frame, selection, lifts } = this.#pencil;
		const lifted = this.#pencil.selected.value.flatMap((id) => {
			const placed = lifts ? this.#document.find(id) : undefined;
			return placed ? [this.#pencil.lifted(placed)] : [];
		});
		const drafted: Placed[] = draft ? [{ id: "", drawn: draft, by: { x: 0, y: 0 } }] : [];
		const objects = [...lifted, ...drafted];
		if (refine(paintObjects(context, { ...picture, objects }), SLICE_MS).length === 0) {
			context.setTransform(1, 0, 0, 1, 0, 0);
			context.clearRect(0, 0, this.#above.width, this.#above.height);
			paintObjects(context, { ...picture, objects });
		}
		context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
		context.strokeStyle = picture.palette.accent;
		context.lineWidth = 1.5;
		for (const box of [frame, selection]) {
			if (!box) continue;
			const from = this.screen({ x: box.left, y: box.top });
			const to = this.screen({ x: box.right, y: box.bottom });
			context.setLineDash(box === frame ? [4, 4] : []);
			context.strokeRect(from.x - 4, from.y - 4, to.x - from.x + 8, to.y - from.y + 8);
			if (box === selection) paintGrips(context, picture.palette, from, to);
		}
	}

	/** Then one picture with all of them. */
	#refineSoon(strokes: readonly Stroke[]): void {
		this.#rough = strokes;
		if (strokes.length === 0 || this.#refining !== null) return;
		this.#refining = setTimeout(() => {
			this.#refining = null;
			const left = refine(this.#rough, SLICE_MS);
			if (left.length > 0) return this.#refineSoon(left);
			this.#rough = [];
			this.#repaint();
		});
	}
}

function isSameView(one: Picture, other: Picture): boolean {
	return (
		one.window === other.window && one.area === other.area && one.background === other.background
	);
}

function isBeginning(before: readonly Placed[], after: readonly Placed[]): boolean {
	return before.length <= after.length && before.every((placed, n) => placed === after[n]);
}

/** At its corners, by which it is made larger and smaller. */
function paintGrips(
	context: CanvasRenderingContext2D,
	{ paper }: Palette,
	from: Point,
	to: Point,
): void {
	context.fillStyle = paper;
	for (const x of [from.x - 4, to.x + 4]) {
		for (const y of [from.y - 4, to.y + 4]) {
			context.fillRect(x - 5, y - 5, 10, 10);
			context.strokeRect(x - 5, y - 5, 10, 10);
		}
	}
}
