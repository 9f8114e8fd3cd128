/** Knocking: whom one visits, how it stands, and what one can do meanwhile. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { explain, type Words, words } from "../../i18n";
import { clockTime } from "../../i18n/times";
import type { KnockState } from "../../state/door";
import type { Stage } from "../../state/model";
import { Alert, Notice } from "../../ui/Alert";
import { Button, IconButton } from "../../ui/Button";
import { Fingerprint } from "../../ui/Fingerprint";
import { Mark } from "../../ui/Mark";
import { OwnPicture } from "../hall/OwnPicture";
import { ownPath } from "../hall/picture";
import { DeviceChoice } from "../settings/DeviceChoice";
import { Settings } from "../settings/Settings";
import { whereOf } from "../title";
import { CallMe } from "./CallMe";
import { ChangeKnock } from "./ChangeKnock";
import { Status } from "./Status";
import "../hall/hall.css";
import "./lobby.css";

type LobbyStage = Extract<Stage, { readonly name: "lobby" | "joining" }>;

export function Lobby({ page, stage }: { readonly page: RoomPage; readonly stage: LobbyStage }) {
	const w = words.value;
	const heading = useRef<HTMLHeadingElement>(null);
	const [settings, setSettings] = useState(false);
	// What was pressed to come here is gone: go on where the words are.
	useEffect(() => {
		window.scrollTo(0, 0);
		heading.current?.focus({ preventScroll: true });
	}, []);
	const knock = stage.name === "lobby" ? stage.knock : null;
	const deleted = knock?.state === "deleted";
	const over = deleted || knock?.state === "turned away" || knock?.state === "lapsed";
	const picture = ownPath(stage.door?.picture);
	return (
		<div class="lobby">
			{picture && <img class="lobby-picture" src={picture} alt="" />}
			<header class="hall-head">
				<span class="brand">
					<Mark />
					meetd
				</span>
				<IconButton label={w.hall.settings} icon="settings" onClick={() => setSettings(true)} />
			</header>
			<main class="lobby-card">
				<div>
					<p class="lobby-quiet">{w.lobby.visiting}</p>
					<h1 ref={heading} tabIndex={-1} class="hall-room" title={page.state.roomName}>
						{whereOf(page.state, w)}
					</h1>
				</div>
				{stage.door?.greeting && <p class="greeting">{stage.door.greeting}</p>}
				{stage.name === "lobby" && stage.sentBack && <p>{w.lobby.sentBack}</p>}
				<Status stage={stage} />
				{knock && !over && knock.state !== "room full" && <Facts page={page} knock={knock} w={w} />}
				{stage.name === "lobby" && !stage.online && (
					<Notice>{knock ? w.lobby.offline : w.lobby.offlineBefore}</Notice>
				)}
				{stage.name === "lobby" && stage.refusal && (
					<Alert>{explain(stage.refusal, w.refusals)}</Alert>
				)}
				{stage.name === "lobby" &&
					(over ? (
						<WaysOn page={page} again={!deleted} />
					) : (
						<Meanwhile page={page} kept={knock !== null} />
					))}
			</main>
			{settings && <Settings page={page} inRoom={false} onClose={() => setSettings(false)} />}
		</div>
	);
}

interface FactsProps {
	readonly page: RoomPage;
	readonly knock: KnockState;
	readonly w: Words;
}

function Facts({ page, knock, w }: FactsProps) {
	const { signKey } = page.state;
	return (
		<>
			<p class="lobby-quiet">
				{knock.ahead === 0 ? w.lobby.next : w.lobby.ahead(knock.ahead)}{" "}
				{w.lobby.since(clockTime(knock.since))}
			</p>
			{signKey && (
				<p class="lobby-quiet">
					<Fingerprint of={signKey} words={w.lobby.key} />
				</p>
			)}
		</>
	);
}

interface WaysOnProps {
	readonly page: RoomPage;
	/** There is a door to knock at. */
	readonly again: boolean;
}

function WaysOn({ page, again }: WaysOnProps) {
	const w = words.value.lobby;
	return (
		<div class="lobby-ways">
			{again && (
				<Button kind="primary" size="large" onClick={page.actions.returnToHall}>
					{w.again}
				</Button>
			)}
			<a class="button button-large" href="/">
				{w.start}
			</a>
		</div>
	);
}

interface MeanwhileProps {
	readonly page: RoomPage;
	/** The server has the knock. */
	readonly kept: boolean;
}

function Meanwhile({ page, kept }: MeanwhileProps) {
	const w = words.value.lobby;
	return (
		<>
			<section class="lobby-meanwhile">
				<h2>{w.meanwhile}</h2>
				{kept && <p class="lobby-quiet">{w.leaveHow}</p>}
				<CallMe />
				<ChangeKnock page={page} />
				<details class="lobby-more">
					<summary>{w.devices}</summary>
					<OwnPicture page={page} name={page.state.preferences.value.name} />
					<DeviceChoice page={page} kind="camera" />
					<DeviceChoice page={page} kind="microphone" />
				</details>
			</section>
			<Button size="large" onClick={page.actions.stopKnocking}>
				{w.stop}
			</Button>
		</>
	);
}
