/** A PDF that is open, page by page. Loaded with the first one that somebody opens. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { systemClock } from "../core/clock";
import { words } from "../i18n";
import { Notice } from "../ui/Alert";
import { Button, IconButton } from "../ui/Button";
import { type Size, useSize } from "../ui/hooks";
import { setProperty } from "../ui/place";
import { Board } from "../views/content/Board";
import { FIT } from "../views/content/look";
import type { SheetProps } from "../views/content/Sheet";
import { isTrouble, PdfFile, type Trouble } from "./file";
import { LARGEST_FILE } from "./limits";
import "./pdf.css";

/** Pages are shown larger than they would be printed where there is space. */
const LARGER = 2;
const NOTHING: Size = { width: 0, height: 0 };

interface PdfProps extends SheetProps {
	/** Once more, with a parser that nothing happened to. */
	readonly onAgain: () => void;
}

export function Pdf(props: SheetProps) {
	const [attempt, setAttempt] = useState(0);
	return <OpenPdf key={attempt} {...props} onAgain={() => setAttempt(attempt + 1)} />;
}

function OpenPdf(props: PdfProps) {
	const w = words.value.content.pdf;
	const { item, view, mayDraw, onLook, onAgain } = props;
	const [trouble, setTrouble] = useState<Trouble | null>(null);
	const file = useFile(props, setTrouble);
	const number = Math.min(view.page, file?.pages ?? view.page);
	const page = usePage(file, number);
	if (item.length > LARGEST_FILE) return <Note text={w.tooLarge} />;
	if (trouble) return <Unread trouble={trouble} onAgain={onAgain} />;
	const go = (page: number) => {
		if (file && page >= 1 && page <= file.pages) onLook({ ...view, page, x: FIT.x, y: 0 });
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: what has the focus is inside, and scrolls.
		<div
			class="pdf"
			onKeyDown={(event) => {
				if (event.key !== "PageDown" && event.key !== "PageUp") return;
				event.preventDefault();
				go(number + (event.key === "PageDown" ? 1 : -1));
			}}
		>
			{page.trouble ? (
				<Unread trouble={page.trouble} onAgain={onAgain} />
			) : (
				<Board
					label={item.name}
					view={view}
					natural={page.natural}
					loaded={page.natural.width > 0}
					onLook={onLook}
				>
					{file && page.natural.width > 0 && (
						<Page
							file={file}
							number={number}
							natural={page.natural}
							label={w.pageOf(number, item.name)}
							onTrouble={page.onTrouble}
						/>
					)}
				</Board>
			)}
			{file ? (
				<div class="pdf-foot">
					<Pages number={number} pages={file.pages} onGo={go} />
					{mayDraw && !page.trouble && page.natural.width > 0 && (
						<DrawOn {...props} file={file} number={number} onTrouble={page.onTrouble} />
					)}
				</div>
			) : (
				<Waiting />
			)}
		</div>
	);
}

function Waiting() {
	return <p class="content-waiting">{words.value.content.loading}</p>;
}

function Note({ text, action }: { readonly text: string; readonly action?: ComponentChildren }) {
	return (
		<div class="viewer-note">
			<Notice icon="file" action={action}>
				{text}
			</Notice>
		</div>
	);
}

/** A busy device or a line that broke may be all that was wrong. */
function Unread({ trouble, onAgain }: Pick<PdfProps, "onAgain"> & { readonly trouble: Trouble }) {
	const w = words.value.content.pdf;
	const again = (
		<Button size="small" onClick={onAgain}>
			{w.again}
		</Button>
	);
	return <Note text={w.trouble[trouble]} action={trouble === "locked" ? null : again} />;
}

/** Opened once, and closed with the sheet. */
function useFile(
	{ page, item }: SheetProps,
	onTrouble: (trouble: Trouble) => void,
): PdfFile | null {
	const [file, setFile] = useState<PdfFile | null>(null);
	useEffect(() => {
		if (item.length > LARGEST_FILE) return;
		const closing = new AbortController();
		const address = page.actions.addressOf(item.id);
		void PdfFile.open(address, systemClock, closing.signal).then((opened) => {
			if (closing.signal.aborted) return;
			if (isTrouble(opened)) onTrouble(opened);
			else setFile(opened);
		});
		return () => closing.abort();
	}, [page, item.id, item.length, onTrouble]);
	return file;
}

interface OnePage {
	/** Of this page, or still of the one before. */
	readonly natural: Size;
	readonly trouble: Trouble | null;
	readonly onTrouble: (trouble: Trouble) => void;
}

/** One page may be damaged and the others not. */
function usePage(file: PdfFile | null, number: number): OnePage {
	const [natural, setNatural] = useState(NOTHING);
	const [trouble, onTrouble] = useState<Trouble | null>(null);
	useEffect(() => {
		let wanted = file !== null;
		onTrouble(null);
		void file?.sizeOf(number).then((size) => {
			if (!wanted) return;
			if (isTrouble(size)) onTrouble(size);
			else setNatural({ width: size.width * LARGER, height: size.height * LARGER });
		});
		return () => {
			wanted = false;
		};
	}, [file, number]);
	return { natural, trouble, onTrouble };
}

interface PageProps {
	readonly file: PdfFile;
	readonly number: number;
	readonly natural: Size;
	readonly label: string;
	readonly onTrouble: (trouble: Trouble) => void;
}

/** The page before, or the smaller picture, stays until the next one is painted. */
function Page({ file, number, natural, label, onTrouble }: PageProps) {
	const paper = useRef<HTMLDivElement>(null);
	const { width } = useSize(paper);
	const [text, setText] = useState("");
	useLayoutEffect(() => {
		if (paper.current) setProperty(paper.current, "--ratio", `${natural.width / natural.height}`);
	}, [natural]);
	useEffect(() => {
		if (width === 0) return;
		const stopping = new AbortController();
		const pixels = width * devicePixelRatio;
		void file.paint(number, pixels, stopping.signal).then((painted) => {
			if (painted === null || stopping.signal.aborted) return;
			if (isTrouble(painted)) return onTrouble(painted);
			painted.canvas.className = "pdf-canvas";
			painted.canvas.setAttribute("data-page", String(number));
			paper.current?.replaceChildren(painted.canvas);
			setText(painted.text);
		});
		return () => stopping.abort();
	}, [file, number, width, onTrouble]);
	return (
		<>
			<div ref={paper} class="pdf-page" role="img" aria-label={label} />
			<p class="visually-hidden" dir="auto">
				{text}
			</p>
		</>
	);
}

type DrawOnProps = Pick<SheetProps, "page" | "item"> &
	Pick<PageProps, "file" | "number" | "onTrouble">;

/** On a whiteboard of its own: the PDF stays as it is. */
function DrawOn({ page, item, file, number, onTrouble }: DrawOnProps) {
	const w = words.value.content.pdf;
	const [busy, setBusy] = useState(false);
	const closing = useRef(new AbortController());
	useEffect(() => () => closing.current.abort(), []);
	const draw = async () => {
		setBusy(true);
		const picture = await file.picture(number, closing.current.signal);
		if (isTrouble(picture)) onTrouble(picture);
		else if (picture) {
			await page.actions.drawOver(w.pageOf(number, item.name), () => Promise.resolve(picture));
		}
		setBusy(false);
	};
	return (
		<Button size="small" resting={busy} busy={busy} onClick={() => void draw()}>
			{w.drawOn}
		</Button>
	);
}

interface PagesProps {
	readonly number: number;
	readonly pages: number;
	readonly onGo: (page: number) => void;
}

function Pages({ number, pages, onGo }: PagesProps) {
	const w = words.value.content.pdf;
	const field = useRef<HTMLInputElement>(null);
	const show = () => {
		if (field.current) field.current.value = String(number);
	};
	// Not while somebody writes in it.
	useLayoutEffect(show, [number]);
	const submit = (event: Event) => {
		event.preventDefault();
		const wanted = Number(field.current?.value);
		if (Number.isInteger(wanted) && wanted >= 1 && wanted <= pages) onGo(wanted);
		else show();
	};
	return (
		<fieldset class="pdf-pages">
			<legend class="visually-hidden">{w.pages}</legend>
			<IconButton
				label={w.before}
				icon="before"
				hint="PageUp"
				disabled={number <= 1}
				onClick={() => onGo(number - 1)}
			/>
			<form onSubmit={submit}>
				<label class="pdf-number">
					<span class="visually-hidden">{w.page}</span>
					<input
						ref={field}
						class="input"
						type="text"
						inputMode="numeric"
						autoComplete="off"
						onBlur={show}
					/>
					<span>{w.of(pages)}</span>
				</label>
			</form>
			<IconButton
				label={w.after}
				icon="after"
				hint="PageDown"
				disabled={number >= pages}
				onClick={() => onGo(number + 1)}
			/>
		</fieldset>
	);
}
