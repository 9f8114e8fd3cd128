/** How one person's picture and sound come here, why so, and how well. */
import { useEffect } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { bitrate, fraction, milliseconds } from "../../i18n/numbers";
import type { RemoteMedia } from "../../state/media";
import type { Meeting } from "../../state/model";
import { Dialog } from "../../ui/Dialog";
import { everybody, reasonOf } from "./everybody";
import "./connection.css";

interface ConnectionProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly participant: string;
	readonly onClose: () => void;
}

export function Connection({ page, meeting, participant, onClose }: ConnectionProps) {
	const person = everybody(meeting).find((one) => one.id === participant);
	const gone = person === undefined;
	useEffect(() => {
		if (gone) onClose();
	}, [gone, onClose]);
	if (gone) return null;
	const w = words.value;
	const media = page.state.remote.value[participant];
	const connected = media?.state === "connected";
	return (
		<Dialog title={w.connection.title(person.name)} closeLabel={w.close} onClose={onClose}>
			<p>{connected ? w.connection.reasons[reasonOf(media)] : w.connection.none}</p>
			{connected && <Figures media={media} />}
		</Dialog>
	);
}

function Figures({ media }: { readonly media: RemoteMedia }) {
	return (
		<dl class="connection">
			{figuresOf(media).map(([name, figure]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>{figure}</dd>
				</div>
			))}
		</dl>
	);
}

/** What is not known is left out. */
function figuresOf(media: RemoteMedia): readonly (readonly [string, string])[] {
	const w = words.value.connection;
	const { path, quality, height, loss, roundTripMs } = media;
	const figures: readonly (readonly [string, string | null])[] = [
		[w.path, w.paths[path]],
		[w.quality, quality && w.qualities[quality]],
		[w.picture, height === null ? null : w.lines(height)],
		[w.bitrate, media.bitrate === null ? null : bitrate(media.bitrate)],
		[w.loss, loss === null ? null : fraction(loss)],
		[w.roundTrip[path], roundTripMs === null ? null : milliseconds(roundTripMs)],
	];
	return figures.filter((one): one is readonly [string, string] => Boolean(one[1]));
}
