/** The region People: everybody's tile, laid out to fill the space. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Participant } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { useSize } from "../../ui/hooks";
import { place, type Rect, setProperty } from "../../ui/place";
import { isPinned, pinnedIn, togglePin } from "../room/pin";
import { openDialog } from "../room/ui";
import { type Arrangement, arrangeGrid, arrangeSpeaker, arrangeStrip, type Mode } from "./arrange";
import { EmptyChair } from "./EmptyChair";
import { everybody, handPlace, pathState, spotlight } from "./everybody";
import { Options } from "./Options";
import { Tile } from "./Tile";
import "./people.css";
import "./tile.css";

interface PeopleProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly mode: Mode;
	readonly visible: boolean;
}

export function People({ page, meeting, mode, visible }: PeopleProps) {
	const w = words.value.people;
	const frame = useRef<HTMLDivElement>(null);
	const field = useRef<HTMLDivElement>(null);
	const people = everybody(meeting);
	const alone = people.length === 1 && mode !== "strip";
	const { large, layout, scrolls } = useArrangement(page, meeting, people, mode, frame, alone);
	useMoving(field, `${mode} ${people.length} ${layout.columns} ${large}`);
	useLayoutEffect(() => {
		if (!field.current) return;
		setProperty(field.current, "--field-width", `${layout.width}px`);
		setProperty(field.current, "--field-height", `${layout.height}px`);
	});
	const beyond = people.length - layout.shown;
	const slots = slotsOf(people, mode === "speaker" ? large : null);
	return (
		<section class="people" aria-label={w.region} data-mode={mode} hidden={!visible}>
			{/* What scrolls has to be reachable by keyboard. */}
			<div ref={frame} class="people-frame" tabIndex={scrolls ? 0 : undefined}>
				<div ref={field} class="people-field">
					{people.map((one) => (
						<Person
							key={one.id}
							page={page}
							meeting={meeting}
							people={people}
							person={one}
							rect={layout.rects[people.indexOf(one)] ?? null}
							hidden={(slots.get(one.id) ?? 0) >= layout.shown}
						/>
					))}
					{layout.more && <Beyond rect={layout.more} count={beyond} />}
					{alone && <EmptyChair rect={layout.rects[1] ?? null} meeting={meeting} />}
				</div>
			</div>
		</section>
	);
}

/** In the last place of a full line: how many more are here. */
function Beyond({ rect, count }: { readonly rect: Rect; readonly count: number }) {
	const sign = useRef<HTMLParagraphElement>(null);
	useLayoutEffect(() => {
		if (sign.current) place(sign.current, rect);
	}, [rect]);
	return (
		<p ref={sign} class="people-beyond">
			{words.value.people.beyond(count)}
		</p>
	);
}

function useArrangement(
	page: RoomPage,
	meeting: Meeting,
	people: readonly Participant[],
	mode: Mode,
	frame: { current: HTMLDivElement | null },
	alone: boolean,
): { large: string | null; layout: Arrangement; scrolls: boolean } {
	const size = useSize(frame);
	const columns = useRef(0);
	const previous = useRef<string | null>(null);
	const pin = pinnedIn(meeting);
	const large =
		pin?.slot === "camera"
			? pin.participant
			: spotlight(people, meeting.you, page.state.activeSpeaker.value, previous.current);
	previous.current = large;
	const space = { ...size, gap: size.width < 600 ? 8 : 12 };
	const count = alone ? 2 : people.length;
	const index = people.findIndex((one) => one.id === large);
	const layout =
		mode === "strip"
			? arrangeStrip(count, space)
			: mode === "speaker" && !alone
				? arrangeSpeaker(count, index, space)
				: arrangeGrid(count, space, columns.current);
	if (mode === "grid" && size.width > 0) columns.current = layout.columns;
	const scrolls = layout.width > size.width || layout.height > size.height;
	return { large, layout, scrolls };
}

/** Tiles glide when the arrangement changed because somebody did something, not while resizing. */
function useMoving(field: { current: HTMLDivElement | null }, key: string): void {
	const [first] = useState(key);
	const last = useRef(first);
	useLayoutEffect(() => {
		if (last.current === key) return;
		last.current = key;
		const element = field.current;
		if (!element) return;
		element.setAttribute("data-moving", "");
		const timer = setTimeout(() => element.removeAttribute("data-moving"), 220);
		return () => clearTimeout(timer);
	}, [key, field]);
}

/** Place of each person in the line of tiles: the large one first, then the others in their order. */
function slotsOf(people: readonly Participant[], large: string | null): Map<string, number> {
	const line = people.filter((one) => one.id !== large);
	const slots = new Map(line.map((one, index) => [one.id, large === null ? index : index + 1]));
	if (large !== null) slots.set(large, 0);
	return slots;
}

interface PersonProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly people: readonly Participant[];
	readonly person: Participant;
	readonly rect: Rect | null;
	readonly hidden: boolean;
}

/** Puts together what one tile shows, from what the server says and what this browser receives. */
function Person({ page, meeting, people, person, rect, hidden }: PersonProps) {
	const { state, actions } = page;
	const you = person.id === meeting.you;
	const own = state.own.value;
	const media = state.remote.value[person.id];
	const stage = state.stage.value;
	const { possible, keyless } = state.encryption.value;
	const isKeyless = !you && keyless.has(person.id);
	return (
		<Tile
			participant={person.id}
			name={person.name}
			you={you}
			rect={rect}
			beyond={hidden}
			stream={you ? own.cameraStream : (media?.cameraStream ?? null)}
			camera={you ? own.cameraStream !== null : person.camera}
			mirrored={you && state.preferences.value.mirror}
			muted={!person.microphone}
			away={person.away}
			speaking={state.activeSpeaker.value === person.id && person.microphone}
			hand={handPlace(people, person.id)}
			path={you || isKeyless || !possible ? null : pathState(media, meeting.paths[person.id])}
			keyless={isKeyless}
			online={stage.name === "in" && stage.connection.name === "online"}
			media={media ?? null}
			levels={state.levels}
			levelKey={you ? "own" : person.id}
			onRetry={() => actions.retryPath(person.id)}
			onDetails={() => {
				openDialog.value = { type: "connection", participant: person.id };
			}}
			onShown={(size) => actions.showPicture(person.id, "camera", size)}
			role={person.role}
			pinned={isPinned(meeting, person.id, "camera")}
			onUnpin={() => togglePin(page, meeting, { participant: person.id, slot: "camera" })}
			options={!you && <Options page={page} meeting={meeting} person={person} />}
		/>
	);
}
