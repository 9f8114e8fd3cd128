/** The region Shared content: screens, large, and files. With nothing shared, what will be here. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { everything } from "../../state/boards";
import type { Meeting } from "../../state/model";
import { whyNoScreen } from "../../state/room";
import { Button, IconButton } from "../../ui/Button";
import { Select } from "../../ui/fields";
import { useShown } from "../../ui/hooks";
import { Icon } from "../../ui/Icon";
import { Video } from "../../ui/Video";
import { isPinned, pinnedIn, togglePin } from "../room/pin";
import { contentAside } from "../room/ui";
import { BoardButton } from "./BoardButton";
import { isPresented } from "./presented";
import { Shelf } from "./Shelf";
import type { SharedScreen } from "./screens";
import { Table } from "./Table";
import { UploadButton } from "./UploadButton";
import "./content.css";

interface ContentProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly screens: readonly SharedScreen[];
	readonly visible: boolean;
	/** A slim shelf below the people; otherwise the whole space. */
	readonly slim: boolean;
}

export function Content({ page, meeting, screens, visible, slim }: ContentProps) {
	const w = words.value.content;
	const own = page.state.own.value.screen.on;
	const { presentation } = meeting;
	const presented = isPresented(meeting);
	useEffect(() => {
		// A screen that somebody begins to show is what they talk about.
		if (screens.length > 0) contentAside.value = true;
	}, [screens.length]);
	const filled = everything(meeting).length > 0 || page.state.uploads.value.length > 0;
	return (
		<section
			class={`content${slim ? " content-slim" : ""}`}
			aria-label={w.region}
			hidden={!visible}
		>
			{own && <OwnScreen page={page} />}
			{presentation && <Table page={page} meeting={meeting} presentation={presentation} />}
			{screens.length > 0 && !presented && (
				<Screens page={page} meeting={meeting} screens={screens} />
			)}
			{screens.length === 0 && !own && !filled ? (
				<Empty page={page} meeting={meeting} />
			) : (
				<Shelf
					page={page}
					meeting={meeting}
					beside={screens.length > 0 || slim || presented}
					folded={presented}
				/>
			)}
		</section>
	);
}

function Empty({ page, meeting }: Pick<ContentProps, "page" | "meeting">) {
	const w = words.value.content;
	const why = whyNoScreen(meeting);
	const how = page.state.own.value.screen.possible ? w.emptyHow : w.emptyListen;
	return (
		<div class="content-empty">
			<Icon name="content" />
			<p>
				<strong>{w.empty}</strong> <span>{why === null ? how : w.noUpload[why]}</span>
			</p>
			<div class="content-empty-ways">
				<BoardButton page={page} meeting={meeting} />
				<UploadButton page={page} meeting={meeting} />
			</div>
		</div>
	);
}

function OwnScreen({ page }: { readonly page: RoomPage }) {
	const w = words.value.content;
	return (
		<div class="content-own">
			<Video
				stream={page.state.own.value.screenStream}
				class="content-own-video"
				label={w.yourScreen}
			/>
			<p>{w.yourScreen}</p>
			<Button size="small" onClick={() => page.actions.setScreen(false)}>
				{w.stop}
			</Button>
		</div>
	);
}

function Screens({ page, meeting, screens }: Pick<ContentProps, "page" | "meeting" | "screens">) {
	const w = words.value.content;
	const [wanted, setWanted] = useState<string | null>(null);
	const figure = useRef<HTMLElement>(null);
	const pin = pinnedIn(meeting);
	const first = pin?.slot === "screen" ? pin.participant : wanted;
	const shown = screens.find((one) => one.id === first) ?? screens.at(-1);
	if (!shown) return null;
	const isFixed = isPinned(meeting, shown.id, "screen");
	const toggle = (participant: string) => togglePin(page, meeting, { participant, slot: "screen" });
	return (
		<figure
			ref={figure}
			class="screen"
			aria-label={w.screenOf(shown.name)}
			data-pin="screen"
			data-participant={shown.id}
		>
			<Looked key={shown.id} page={page} participant={shown.id} figure={figure} pinned={isFixed} />
			<Video stream={shown.stream} class="screen-video" label={w.screenOf(shown.name)} />
			{!shown.stream && <p class="screen-waiting">{w.waiting(shown.name)}</p>}
			<figcaption class="screen-caption">
				{screens.length > 1 ? (
					<Select
						label={w.choose}
						value={shown.id}
						choices={screens.map((one) => ({ value: one.id, label: w.screenOf(one.name) }))}
						onChoose={(id) => {
							setWanted(id);
							// The pin goes along to what one looks at instead.
							if (isFixed) toggle(id);
						}}
					/>
				) : (
					<span class="screen-name">{w.screenOf(shown.name)}</span>
				)}
				<span class="screen-ways">
					<IconButton
						label={words.value.people.pin}
						icon="pin"
						hint="N"
						pressed={isFixed}
						onClick={() => toggle(shown.id)}
					/>
					{document.fullscreenEnabled && (
						<IconButton
							label={w.fullScreen}
							icon="fullScreen"
							onClick={() => toggleFullScreen(figure.current)}
						/>
					)}
				</span>
			</figcaption>
		</figure>
	);
}

/** Nothing to see: tells that this screen is being looked at, how large, and whether before all else. */
function Looked({
	page,
	participant,
	figure,
	pinned,
}: Pick<ContentProps, "page"> & {
	readonly participant: string;
	readonly figure: RefObject<HTMLElement | null>;
	readonly pinned: boolean;
}) {
	useShown(figure, true, (size) => page.actions.showPicture(participant, "screen", size));
	useEffect(() => {
		const choose = (chosen: boolean) => page.actions.choosePicture(participant, "screen", chosen);
		const follow = () => choose(pinned || isFullScreen(figure.current));
		follow();
		document.addEventListener("fullscreenchange", follow);
		return () => {
			document.removeEventListener("fullscreenchange", follow);
			choose(false);
		};
	}, [page, participant, figure, pinned]);
	return null;
}

function isFullScreen(element: HTMLElement | null): boolean {
	return element !== null && document.fullscreenElement === element;
}

function toggleFullScreen(element: HTMLElement | null): void {
	// Refused by some embedding pages; the picture then stays as it is.
	const done = document.fullscreenElement
		? document.exitFullscreen()
		: element?.requestFullscreen();
	done?.catch(() => undefined);
}
