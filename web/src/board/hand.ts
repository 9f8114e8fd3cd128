/** Pointers on a canvas: pens, mice and fingers. Two fingers move and zoom the view, one draws. */
import { type Area, toBoard, type Window, zoomedAt } from "./geometry";
import type { Pencil } from "./pencil";

interface Held {
	readonly x: number;
	readonly y: number;
}

export interface Seat {
	readonly pencil: Pencil;
	area(): Area;
	window(): Window;
	look(window: Window): void;
	mayDraw(): boolean;
	/** Something changed that has to be painted. */
	changed(): void;
	/** In pixels of the canvas; null: gone. */
	pointed(at: Held | null): void;
}

/** A line of a wheel, in pixels. */
const LINE_PIXELS = 16;
const WHEEL_ZOOM = 0.0025;
const MOUSE_PRESSURE = 0.5;

export class Hand {
	readonly #canvas: HTMLElement;
	readonly #seat: Seat;
	readonly #held = new Map<number, Held>();
	#drawing: number | null = null;
	#panning = false;
	/** Whoever has a pen rests a hand on the glass. */
	#hasPen = false;

	constructor(canvas: HTMLElement, seat: Seat) {
		this.#canvas = canvas;
		this.#seat = seat;
		canvas.addEventListener("pointerdown", this.#down);
		canvas.addEventListener("pointermove", this.#move);
		canvas.addEventListener("pointerup", this.#up);
		canvas.addEventListener("pointercancel", this.#cancel);
		canvas.addEventListener("pointerleave", this.#leave);
		canvas.addEventListener("wheel", this.#wheel, { passive: false });
	}

	readonly #down = (event: PointerEvent): void => {
		if (event.button > 1) return;
		// A text that is being written ends, and the keyboard goes on here.
		this.#canvas.focus({ preventScroll: true });
		event.preventDefault();
		this.#canvas.setPointerCapture(event.pointerId);
		this.#held.set(event.pointerId, this.#at(event));
		if (event.pointerType === "pen") this.#hasPen = true;
		const { pencil } = this.#seat;
		const second = this.#held.size > 1;
		const finger = event.pointerType === "touch" && this.#hasPen;
		const pans = pencil.tool.value === "pan" || !this.#seat.mayDraw();
		if (second || finger || pans || event.button === 1) {
			this.#stopDrawing();
			this.#panning = true;
		} else {
			this.#drawing = event.pointerId;
			pencil.down(this.#place(event), pressureOf(event));
		}
		this.#seat.changed();
	};

	readonly #move = (event: PointerEvent): void => {
		this.#seat.pointed(this.#at(event));
		const before = this.#held.get(event.pointerId);
		if (!before) return;
		if (this.#panning) this.#pan(event, before);
		else if (this.#drawing === event.pointerId) {
			const all = event.getCoalescedEvents?.() ?? [];
			for (const one of all.length > 0 ? all : [event]) {
				this.#seat.pencil.move(this.#place(one), pressureOf(one));
			}
		}
		this.#held.set(event.pointerId, this.#at(event));
		this.#seat.changed();
	};

	readonly #up = (event: PointerEvent): void => {
		if (this.#drawing === event.pointerId) this.#seat.pencil.up();
		this.#let(event);
	};

	readonly #cancel = (event: PointerEvent): void => {
		if (this.#drawing === event.pointerId) this.#seat.pencil.cancel();
		this.#let(event);
	};

	readonly #leave = (event: PointerEvent): void => {
		if (!this.#held.has(event.pointerId)) this.#seat.pointed(null);
	};

	readonly #wheel = (event: WheelEvent): void => {
		event.preventDefault();
		const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
		const window = this.#seat.window();
		if (event.ctrlKey || event.metaKey) {
			const factor = Math.exp(-event.deltaY * unit * WHEEL_ZOOM);
			this.#seat.look(zoomedAt(window, this.#seat.area(), this.#at(event), factor));
			return;
		}
		const [dx, dy] = event.shiftKey ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
		this.#seat.look({
			...window,
			x: window.x + (dx * unit) / window.zoom,
			y: window.y + (dy * unit) / window.zoom,
		});
	};

	/** One pointer moves the view, two zoom it as well. */
	#pan(event: PointerEvent, before: Held): void {
		const now = this.#at(event);
		const window = this.#seat.window();
		const other = [...this.#held].find(([id]) => id !== event.pointerId)?.[1];
		const share = this.#held.size;
		const next = {
			...window,
			x: window.x - (now.x - before.x) / window.zoom / share,
			y: window.y - (now.y - before.y) / window.zoom / share,
		};
		if (!other) {
			this.#seat.look(next);
			return;
		}
		const apart = Math.hypot(before.x - other.x, before.y - other.y);
		const factor = apart === 0 ? 1 : Math.hypot(now.x - other.x, now.y - other.y) / apart;
		const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
		this.#seat.look(zoomedAt(next, this.#seat.area(), middle, factor));
	}

	#let(event: PointerEvent): void {
		this.#held.delete(event.pointerId);
		if (this.#drawing === event.pointerId) this.#drawing = null;
		if (this.#held.size === 0) this.#panning = false;
		if (event.pointerType === "touch") this.#seat.pointed(null);
		this.#seat.changed();
	}

	#stopDrawing(): void {
		this.#drawing = null;
		this.#seat.pencil.cancel();
	}

	#at(event: MouseEvent): Held {
		const box = this.#canvas.getBoundingClientRect();
		return { x: event.clientX - box.left, y: event.clientY - box.top };
	}

	#place(event: PointerEvent): Held {
		return toBoard(this.#seat.window(), this.#seat.area(), this.#at(event));
	}
}

/** Mice and most fingers press always the same. */
function pressureOf(event: PointerEvent): number {
	return event.pointerType === "pen" && event.pressure > 0 ? event.pressure : MOUSE_PRESSURE;
}
