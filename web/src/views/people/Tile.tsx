/** One person: the picture or a calm initial, the name, and small marks in the corners. */
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { explain, words } from "../../i18n";
import type { Participant } from "../../protocol/generated";
import type { PathState, PictureSize, RemoteMedia } from "../../state/media";
import { Alert, Notice } from "../../ui/Alert";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { useFocusKept, useShown } from "../../ui/hooks";
import { Icon } from "../../ui/Icon";
import { place, type Rect } from "../../ui/place";
import { Video } from "../../ui/Video";
import { PathMark } from "./PathMark";
import { Sign } from "./Sign";
import { Voice } from "./Voice";

interface TileProps {
	readonly participant: string;
	readonly name: string;
	readonly you: boolean;
	readonly rect: Rect | null;
	/** No place on the screen; still in the page, because the picture goes on. */
	readonly beyond: boolean;
	readonly stream: MediaStream | null;
	readonly camera: boolean;
	readonly mirrored: boolean;
	readonly muted: boolean;
	readonly away: boolean;
	readonly speaking: boolean;
	readonly hand: number | null;
	/** No keys came from them: nothing goes either way. */
	readonly keyless: boolean;
	/** Null where none is made: to oneself, and to whom nothing goes. */
	readonly path: PathState | null;
	/** What arrives from them; null for oneself. */
	readonly media: RemoteMedia | null;
	/** Without the server no new path can be made. */
	readonly online: boolean;
	readonly levels: ReadonlySignal<Readonly<Record<string, number>>>;
	readonly levelKey: string;
	readonly onRetry: () => void;
	readonly onDetails: () => void;
	/** How large the picture is on the screen; null: it is not. */
	readonly onShown: (size: PictureSize | null) => void;
	readonly role: Participant["role"];
	/** Shown large, because one wanted that. */
	readonly pinned: boolean;
	readonly onUnpin: () => void;
	/** What one can do about this person; nothing about oneself. */
	readonly options: ComponentChildren;
}

export function Tile(props: TileProps) {
	const w = words.value;
	const tile = useRef<HTMLFieldSetElement>(null);
	const { rect } = props;
	useLayoutEffect(() => {
		if (tile.current && rect) place(tile.current, rect);
	}, [rect]);
	useShown(tile, !props.you && !props.beyond, props.onShown);
	const picture = props.camera && props.stream !== null;
	return (
		<fieldset
			ref={tile}
			class={`tile${props.speaking ? " is-speaking" : ""}${props.away ? " is-away" : ""}${props.beyond ? " is-beyond" : ""}`}
			aria-label={props.you ? w.you(props.name) : props.name}
			data-pin={props.you ? undefined : "camera"}
			data-participant={props.participant}
		>
			<Avatar name={props.name} />
			<Video
				stream={props.stream}
				class={`tile-video${picture ? "" : " is-hidden"}${props.mirrored ? " is-mirrored" : ""}`}
			/>
			<div class="tile-marks">
				{props.pinned && <PinMark onUnpin={props.onUnpin} />}
				{props.hand !== null && <HandMark place={props.hand} />}
				<PathMark {...props} />
			</div>
			<div class="tile-name">
				{props.muted ? (
					<Sign icon="microphoneOff" text={w.people.muted} />
				) : (
					<Voice levels={props.levels} levelKey={props.levelKey} />
				)}
				<span class="tile-name-text" title={props.name}>
					{props.you ? w.you(props.name) : props.name}
				</span>
				{props.role !== "guest" && <RoleMark role={props.role} />}
			</div>
			{props.options && <div class="tile-options">{props.options}</div>}
			{props.keyless && !props.away && (
				<div class="tile-failed">
					<Notice>{w.encryption.keyless(props.name)}</Notice>
				</div>
			)}
			{props.path === "failed" && !props.away && (
				<div class="tile-failed">
					{props.online ? (
						<Alert
							action={
								<Button size="small" icon="retry" onClick={props.onRetry}>
									{w.tryAgain}
								</Button>
							}
						>
							{whyFailed(props)}
						</Alert>
					) : (
						<Alert>{w.people.gone(props.name)}</Alert>
					)}
				</div>
			)}
		</fieldset>
	);
}

/** And what to do about it. */
function whyFailed({ name, media }: TileProps): string {
	const { people, connection, refusals } = words.value;
	if (media?.why === "full") return connection.full(name);
	if (media?.refusal) return connection.notRelayed(name, explain(media.refusal, refusals));
	if (media?.path === "relayed") return connection.notRelayed(name, connection.relayFails);
	return people.failed(name);
}

const roleIcons = { host: "host", support: "support" } as const;

function RoleMark({ role }: { readonly role: keyof typeof roleIcons }) {
	const text = words.value.hosting.roles[role];
	return (
		<span class={`tile-role tile-role-${role}`} title={text}>
			<Icon name={roleIcons[role]} size="small" />
			<span class="tile-role-text">{text}</span>
		</span>
	);
}

/** Says that somebody is pinned, and lets go of them. */
function PinMark({ onUnpin }: { readonly onUnpin: () => void }) {
	const w = words.value.people;
	const button = useRef<HTMLButtonElement>(null);
	useFocusKept(button);
	return (
		<button
			ref={button}
			type="button"
			class="tile-mark tile-path tile-mark-pin"
			aria-label={w.pin}
			aria-pressed
			title={w.unpin}
			onClick={onUnpin}
		>
			<Icon name="pin" size="small" />
		</button>
	);
}

function HandMark({ place: order }: { readonly place: number }) {
	return (
		<span class="tile-mark tile-mark-hand" title={words.value.people.hand(order)}>
			<Icon name="hand" size="small" />
			<span aria-hidden="true">{order}</span>
			<span class="visually-hidden">{words.value.people.hand(order)}</span>
		</span>
	);
}
