/** One person: the picture or a calm initial, the name, and small marks in the corners. */
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../../i18n";
import type { Participant } from "../../protocol/generated";
import type { Quality } from "../../state/media";
import type { Path } from "../../state/model";
import { Alert } from "../../ui/Alert";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import { place, type Rect } from "../../ui/place";
import { Video } from "../../ui/Video";
import { Voice } from "./Voice";

interface TileProps {
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
	/** Null for oneself: there is no path to oneself. */
	readonly path: Path["state"] | null;
	/** Without the server no new path can be made. */
	readonly online: boolean;
	readonly quality: Quality | null;
	readonly levels: ReadonlySignal<Readonly<Record<string, number>>>;
	readonly levelKey: string;
	readonly onRetry: () => void;
	readonly role: Participant["role"];
	/** For hosts: what they can do about this person. */
	readonly options: ComponentChildren;
}

export function Tile(props: TileProps) {
	const w = words.value;
	const tile = useRef<HTMLFieldSetElement>(null);
	const { rect } = props;
	useLayoutEffect(() => {
		if (tile.current && rect) place(tile.current, rect);
	}, [rect]);
	const picture = props.camera && props.stream !== null;
	return (
		<fieldset
			ref={tile}
			class={`tile${props.speaking ? " is-speaking" : ""}${props.away ? " is-away" : ""}${props.beyond ? " is-beyond" : ""}`}
			aria-label={props.you ? w.you(props.name) : props.name}
		>
			<Avatar name={props.name} />
			<Video
				stream={props.stream}
				class={`tile-video${picture ? "" : " is-hidden"}${props.mirrored ? " is-mirrored" : ""}`}
			/>
			<div class="tile-marks">
				{props.hand !== null && <HandMark place={props.hand} />}
				<PathMark {...props} />
			</div>
			<div class="tile-name">
				{props.muted ? (
					<Mark icon="microphoneOff" text={w.people.muted} />
				) : (
					<Voice levels={props.levels} levelKey={props.levelKey} />
				)}
				<span class="tile-name-text" title={props.name}>
					{props.you ? w.you(props.name) : props.name}
				</span>
				{props.role !== "guest" && <RoleMark role={props.role} />}
			</div>
			{props.options && <div class="tile-options">{props.options}</div>}
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
							{w.people.failed(props.name)}
						</Alert>
					) : (
						<Alert>{w.people.gone(props.name)}</Alert>
					)}
				</div>
			)}
		</fieldset>
	);
}

function Mark({ icon, text }: { readonly icon: IconName; readonly text: string }) {
	return (
		<span class="mark-inline" title={text}>
			<Icon name={icon} size="small" />
			<span class="visually-hidden">{text}</span>
		</span>
	);
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

function HandMark({ place: order }: { readonly place: number }) {
	return (
		<span class="tile-mark tile-mark-hand" title={words.value.people.hand(order)}>
			<Icon name="hand" size="small" />
			<span aria-hidden="true">{order}</span>
			<span class="visually-hidden">{words.value.people.hand(order)}</span>
		</span>
	);
}

const qualityIcons: Record<Quality, IconName> = {
	good: "signal",
	fair: "signalMedium",
	poor: "signalLow",
};

function PathMark({ away, path, quality }: Pick<TileProps, "away" | "path" | "quality">) {
	const w = words.value.people;
	if (away) return <span class="tile-mark tile-mark-wait">{w.comingBack}</span>;
	if (path === "connecting") return <span class="tile-mark tile-mark-wait">{w.connecting}</span>;
	if (path !== "connected") return null;
	return (
		<span class={`tile-mark${quality === "poor" ? " tile-mark-poor" : ""}`}>
			{quality && (
				<span class="tile-quality">
					<Icon name="signal" size="small" />
					<Mark icon={qualityIcons[quality]} text={w.quality[quality]} />
				</span>
			)}
			<span class="tile-mark-text">{w.direct}</span>
		</span>
	);
}
