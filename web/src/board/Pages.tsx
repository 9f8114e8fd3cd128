/** The pages of a board: one is shown at a time. */
import { MOST_PAGES } from "./document";
import type { Open } from "./open";
import { ToolButton } from "./Toolbar";
import { boardWords } from "./words";

interface PagesProps {
	readonly open: Open;
	readonly mayDraw: boolean;
}

export function Pages({ open, mayDraw }: PagesProps) {
	const w = boardWords.value;
	const { document, pencil } = open;
	void open.version.value;
	const { pages } = document;
	const at = pages.findIndex(({ id }) => id === document.page);
	const turn = (by: -1 | 1) => {
		const page = pages[at + by];
		if (!page) return;
		open.turn(page.id);
		open.said.value = w.page(at + by + 1, pages.length);
	};
	return (
		<div class="whiteboard-group">
			{pages.length > 1 && (
				<>
					<ToolButton
						label={w.pageBefore}
						icon="before"
						disabled={at === 0}
						onClick={() => turn(-1)}
					/>
					<span class="whiteboard-page">{w.page(at + 1, pages.length)}</span>
					<ToolButton
						label={w.pageAfter}
						icon="after"
						disabled={at === pages.length - 1}
						onClick={() => turn(1)}
					/>
				</>
			)}
			{mayDraw && (
				<ToolButton
					label={w.addPage}
					icon="addPage"
					disabled={pages.length >= MOST_PAGES}
					onClick={() => {
						document.addPage();
						open.turn(document.page);
						open.said.value = w.page(pages.length + 1, pages.length + 1);
					}}
				/>
			)}
			{mayDraw && at > 0 && (
				<ToolButton
					label={w.removePage}
					icon="removePage"
					onClick={() => {
						pencil.selected.value = [];
						document.removePage();
						open.turn(document.page);
						open.said.value = w.pageRemoved;
					}}
				/>
			)}
		</div>
	);
}
