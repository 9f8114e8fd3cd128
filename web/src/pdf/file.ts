/**
 * A PDF from somebody: parsed in a worker that can reach nothing and is ended when it takes too long, painted
 * one page at a time. Script in it is never run, and links lead nowhere: nothing but a picture is made of it.
 */
import {
	AnnotationMode,
	getDocument,
	type PDFDocumentLoadingTask,
	type PDFDocumentProxy,
	type PDFPageProxy,
	PDFWorker,
} from "pdfjs-dist";
import type { Clock } from "../core/clock";
import type { Size } from "../ui/hooks";
import { canvasFor, drawnWidth, isShowable } from "./limits";
import { PATIENCE_MS, Patience, whenSeen } from "./patience";
import { startParser } from "./worker";

/** Of one request for a part of the file. */
const PART_BYTES = 256 * 1024;
/** Pixels of a picture inside; larger ones are left out. */
const MOST_IMAGE = 64_000_000;
/** Letters of one page, for screen readers. */
const MOST_TEXT = 50_000;
/** Pages that a view can name (meetd/protocol/content.py). */
const MOST_PAGES = 100_000;

export type Trouble = "locked" | "damaged" | "too much";

export interface Painted {
	readonly canvas: HTMLCanvasElement;
	readonly text: string;
}

export class PdfFile {
	readonly pages: number;
	readonly #document: PDFDocumentProxy;
	readonly #parser: Parser;

	private constructor(document: PDFDocumentProxy, parser: Parser) {
		this.pages = Math.min(MOST_PAGES, document.numPages);
		this.#document = document;
		this.#parser = parser;
	}

	/** From an address of this server. What is not needed for the pages that are looked at is not fetched. */
	static async open(
		address: string,
		clock: Clock,
		stopped: AbortSignal,
	): Promise<PdfFile | Trouble> {
		const parser = new Parser(address, clock);
		stopped.addEventListener("abort", () => parser.end());
		const document = await parser.within(parser.task.promise);
		return isTrouble(document) ? document : new PdfFile(document, parser);
	}

	/** Of a page, counted from 1, in pixels as it would be printed. */
	async sizeOf(number: number): Promise<Size | Trouble> {
		const page = await this.#parser.within(this.#document.getPage(number));
		if (isTrouble(page)) return page;
		const { width, height } = page.getViewport({ scale: 1 });
		return isShowable({ width, height }) ? { width, height } : "too much";
	}

	/** As wide as so many device pixels, or as large as is reasonable. Null when it was stopped. */
	async paint(
		number: number,
		width: number,
		stopped: AbortSignal,
	): Promise<Painted | Trouble | null> {
		// A page that nobody sees gets no frames to paint in.
		await whenSeen(document, stopped);
		if (stopped.aborted) return null;
		const page = await this.#parser.within(this.#document.getPage(number));
		if (isTrouble(page)) return page;
		const canvas = await this.#parser.within(paintOn(page, width, stopped));
		if (stopped.aborted) return null;
		if (isTrouble(canvas)) return canvas;
		const text = await this.#parser.within(textOf(page));
		// Fonts and pictures of pages that nobody looks at take no memory.
		page.cleanup();
		return { canvas, text: isTrouble(text) ? "" : text };
	}

	/** A page as large as a whiteboard takes it. Null when it was stopped. */
	async picture(number: number, stopped: AbortSignal): Promise<Blob | Trouble | null> {
		const size = await this.sizeOf(number);
		if (isTrouble(size)) return size;
		const painted = await this.paint(number, drawnWidth(size), stopped);
		if (painted === null || isTrouble(painted)) return painted;
		return (await blobOf(painted.canvas)) ?? "too much";
	}
}

export function isTrouble(value: unknown): value is Trouble {
	return value === "locked" || value === "damaged" || value === "too much";
}

/** One worker, and what it is asked. */
class Parser {
	readonly task: PDFDocumentLoadingTask;
	readonly #worker = startParser();
	readonly #clock: Clock;
	readonly #patience: Patience;
	#over = false;

	constructor(address: string, clock: Clock) {
		this.#clock = clock;
		this.#patience = new Patience(clock, document);
		this.task = getDocument({
			url: address,
			worker: PDFWorker.create({ port: this.#worker, verbosity: 0 }),
			rangeChunkSize: PART_BYTES,
			disableStream: true,
			disableAutoFetch: true,
			useWorkerFetch: false,
			useWasm: false,
			disableWorkerRendering: true,
			maxImageSize: MOST_IMAGE,
			verbosity: 0,
		});
		// Of the file, also of parts that are fetched later.
		this.task.onProgress = this.#patience.begin;
	}

	/** What it answers, unless it takes too long: then it is ended, and answers nothing any more. */
	async within<T>(answer: Promise<T>): Promise<T | Trouble> {
		if (this.#over) return "too much";
		const tooLate = (): Trouble => {
			this.#kill();
			return "too much";
		};
		return this.#patience.within(answer, tooLate).catch(troubleOf);
	}

	/** Fonts that it put into the page go with it; a worker that does not answer is ended without. */
	end(): void {
		this.#over = true;
		const timer = this.#clock.after(PATIENCE_MS, () => this.#kill());
		void this.task.destroy().finally(() => {
			timer.cancel();
			this.#kill();
		});
	}

	#kill(): void {
		this.#over = true;
		this.#patience.end();
		this.#worker.terminate();
	}
}

function troubleOf(error: unknown): Trouble {
	if (error instanceof RangeError) return "too much";
	return error instanceof Error && error.name === "PasswordException" ? "locked" : "damaged";
}

async function paintOn(
	page: PDFPageProxy,
	width: number,
	stopped: AbortSignal,
): Promise<HTMLCanvasElement> {
	const canvas = document.createElement("canvas");
	const natural = page.getViewport({ scale: 1 });
	const size = canvasFor(natural, width);
	canvas.width = size.width;
	canvas.height = size.height;
	const viewport = page.getViewport({ scale: size.width / natural.width });
	const painting = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE });
	stopped.addEventListener("abort", () => painting.cancel());
	await painting.promise;
	return canvas;
}

/** Null where the browser has no memory for it. */
function blobOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
	return new Promise((resolve) => canvas.toBlob(resolve));
}

async function textOf(page: PDFPageProxy): Promise<string> {
	const { items } = await page.getTextContent();
	const words = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : ""));
	return words.join("").slice(0, MOST_TEXT);
}
