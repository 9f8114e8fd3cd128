/** In a corner of a tile: how that person's picture and sound come here. Pressed, it tells more. */
import { words } from "../../i18n";
import type { PathState, Quality, RemoteMedia } from "../../state/media";
import { Icon, type IconName } from "../../ui/Icon";
import { reasonOf } from "./everybody";
import { Sign } from "./Sign";

interface PathMarkProps {
	readonly away: boolean;
	/** Null for oneself: there is no path to oneself. */
	readonly path: PathState | null;
	readonly media: RemoteMedia | null;
	readonly onDetails: () => void;
}

const qualityIcons: Record<Quality, IconName> = {
	good: "signal",
	fair: "signalMedium",
	poor: "signalLow",
};

export function PathMark({ away, path, media, onDetails }: PathMarkProps) {
	const w = words.value;
	if (away) return <span class="tile-mark tile-mark-wait">{w.people.comingBack}</span>;
	if (path === "connecting") {
		return <span class="tile-mark tile-mark-wait">{w.people.connecting}</span>;
	}
	if (path !== "connected" || media === null) return null;
	const { quality } = media;
	const reason = w.connection.reasons[reasonOf(media)];
	return (
		<button
			type="button"
			class={`tile-mark tile-path${quality === "poor" ? " tile-mark-poor" : ""}`}
			title={reason}
			aria-haspopup="dialog"
			onClick={onDetails}
		>
			{quality && (
				<span class="tile-quality">
					<Icon name="signal" size="small" />
					<Sign icon={qualityIcons[quality]} text={w.people.quality[quality]} />
				</span>
			)}
			<span class="tile-mark-text">{w.connection.paths[media.path]}</span>
		</button>
	);
}
