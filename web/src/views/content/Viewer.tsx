/**
 * What is open for everybody. Whoever opened it presents: the others see what they see, may look around
 * freely, and come back. Loaded with the first file that somebody opens.
 */
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { ContentItem, Presentation, View } from "../../protocol/generated";
import { everything } from "../../state/boards";
import type { Meeting } from "../../state/model";
import { isHost, ownself, whyNoPen, whyNoScreen } from "../../state/room";
import { Button, IconButton } from "../../ui/Button";
import { contentAside } from "../room/ui";
import { BoardSheet } from "./BoardSheet";
import { FileName } from "./FileName";
import { sheetOf } from "./kinds";
import { FIT, TOP, zoomed } from "./look";
import { Sheet } from "./Sheet";
import "./viewer.css";

interface ViewerProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly presentation: Presentation;
}

/** Where one looks oneself: what one presents, or freely. */
interface Look {
	readonly item: string;
	readonly view: View;
}

export function Viewer({ page, meeting, presentation }: ViewerProps) {
	const w = words.value.content;
	const [look, setLook] = useState<Look | null>(null);
	const { presenter, shown, opened } = presentation;
	const presenting = presenter === meeting.you;
	// Somebody else presents, so everybody follows.
	useEffect(() => setLook(null), [presenter]);
	const isLook = look !== null && opened.some(({ item }) => item === look.item);
	const free = isLook && (!presenting || look.item === shown) ? look : null;
	const id = free?.item ?? shown;
	const board = meeting.boards.find((one) => one.id === id);
	const item = meeting.content.find((one) => one.id === id);
	if (!item && !board) return null;
	const there = opened.find((one) => one.item === id)?.view ?? FIT;
	const view = free?.view ?? (item ? beginningOf(item, there) : there);
	const lookAt = (next: View) => {
		setLook({ item: id, view: next });
		if (presenting) page.actions.moveView(id, next);
	};
	return (
		<section class="viewer" aria-label={w.openFiles}>
			<Tabs
				page={page}
				meeting={meeting}
				presentation={presentation}
				chosen={id}
				onChoose={(next) => {
					const there = opened.find((one) => one.item === next)?.view ?? FIT;
					if (presenting) page.actions.present(next);
					setLook(presenting ? null : { item: next, view: there });
				}}
			/>
			{board && (
				<BoardSheet
					key={id}
					page={page}
					meeting={meeting}
					board={board}
					followed={presenting || free ? null : view}
					onLook={lookAt}
				/>
			)}
			{item && (
				<Sheet
					key={id}
					page={page}
					item={item}
					view={view}
					presenting={presenting}
					mayDraw={whyNoPen(meeting) === null}
					onLook={lookAt}
				/>
			)}
			<div class="viewer-foot">
				<Presenting
					page={page}
					meeting={meeting}
					presenter={presenter}
					following={free === null}
					onFollow={() => setLook(null)}
					onPresent={() => {
						page.actions.present(id);
						page.actions.moveView(id, view);
					}}
				/>
				{item && sheetOf(item.mediaType) === "picture" && whyNoPen(meeting) === null && (
					<DrawOver page={page} item={item} />
				)}
				{item && isZoomed(item) && <Zoom view={view} item={item} onLook={lookAt} />}
			</div>
		</section>
	);
}

/** A place that nobody moved yet is the middle, and of a text the beginning. */
function beginningOf(item: ContentItem, view: View): View {
	const untouched = view.zoom === 1 && view.x === 0.5 && view.y === 0.5;
	return untouched && sheetOf(item.mediaType) === "text" ? TOP : view;
}

function isZoomed({ mediaType }: ContentItem): boolean {
	return ["picture", "text", "pdf"].includes(sheetOf(mediaType));
}

interface TabsProps extends ViewerProps {
	readonly chosen: string;
	readonly onChoose: (id: string) => void;
}

function Tabs({ page, meeting, presentation, chosen, onChoose }: TabsProps) {
	const w = words.value.content;
	const mayClose = isHost(meeting) || presentation.presenter === meeting.you;
	const items = presentation.opened.flatMap(({ item: id }) =>
		everything(meeting).filter((item) => item.id === id),
	);
	return (
		<div class="viewer-head">
			<ul class="viewer-tabs">
				{items.map(({ id, name }) => (
					<li key={id} class="viewer-tab">
						<button
							type="button"
							class="viewer-tab-name"
							aria-current={id === chosen ? "true" : undefined}
							onClick={() => onChoose(id)}
						>
							<FileName name={name} />
						</button>
						{mayClose && (
							<IconButton
								label={w.close(name)}
								icon="close"
								onClick={() => page.actions.closeItem(id)}
							/>
						)}
					</li>
				))}
			</ul>
			<IconButton
				label={w.aside}
				icon="fold"
				onClick={() => {
					contentAside.value = true;
				}}
			/>
		</div>
	);
}

interface PresentingProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly presenter: string;
	readonly following: boolean;
	readonly onFollow: () => void;
	readonly onPresent: () => void;
}

function Presenting(props: PresentingProps) {
	const { meeting, presenter, following } = props;
	const w = words.value.content;
	const name = meeting.participants.find((one) => one.id === presenter)?.name;
	if (ownself(meeting)?.id === presenter) return <p class="viewer-who">{w.youPresent}</p>;
	return (
		<>
			<p class="viewer-who">{name === undefined ? w.presenterGone : w.presents(name)}</p>
			{!following && name !== undefined && (
				<Button size="small" kind="primary" onClick={props.onFollow}>
					{w.follow(name)}
				</Button>
			)}
			{whyNoScreen(meeting) === null && (
				<Button size="small" onClick={props.onPresent}>
					{w.present}
				</Button>
			)}
		</>
	);
}

/** On a whiteboard of its own: the file stays as it is. */
function DrawOver({ page, item }: Pick<ViewerProps, "page"> & { readonly item: ContentItem }) {
	const [busy, setBusy] = useState(false);
	const draw = async () => {
		setBusy(true);
		await page.actions.drawOver(item.name, () => page.actions.readFile(item.id));
		setBusy(false);
	};
	return (
		<Button size="small" resting={busy} onClick={() => void draw()}>
			{words.value.content.drawOver}
		</Button>
	);
}

interface ZoomProps {
	readonly view: View;
	readonly item: ContentItem;
	readonly onLook: (view: View) => void;
}

function Zoom({ view, item, onLook }: ZoomProps) {
	const w = words.value.content;
	const beginning = sheetOf(item.mediaType) === "text" ? TOP : FIT;
	return (
		<div class="viewer-zoom">
			<IconButton
				label={w.zoomOut}
				icon="smaller"
				hint="-"
				onClick={() => onLook(zoomed(view, -1))}
			/>
			<IconButton
				label={w.fit}
				icon="fit"
				hint="0"
				onClick={() => onLook({ ...beginning, page: view.page })}
			/>
			<IconButton label={w.zoomIn} icon="larger" hint="+" onClick={() => onLook(zoomed(view, 1))} />
		</div>
	);
}
