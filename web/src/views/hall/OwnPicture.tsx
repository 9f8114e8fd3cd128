/** Seeing and hearing oneself before the others do. */
import { useComputed } from "@preact/signals";
import type { RoomPage } from "../../actions/actions";
import { type Words, words } from "../../i18n";
import type { OwnMedia } from "../../state/media";
import { Meter } from "../../ui/Meter";
import { CameraToggle, isOn, MicrophoneToggle } from "../room/MediaToggles";
import { Preview } from "./Preview";

/** Under this key the levels hold one's own microphone. */
const ownLevel = "own";

export function OwnPicture({ page, name }: { readonly page: RoomPage; readonly name: string }) {
	const w = words.value;
	const level = useComputed(() => page.state.levels.value[ownLevel] ?? 0);
	return (
		<div class="hall-picture">
			<Preview page={page} name={name} />
			<div class="hall-toggles">
				<MicrophoneToggle page={page} />
				<div class="hall-level">
					<Meter label={w.devices.level} level={level} />
					<p class="hall-hint">{hint(page.state.own.value, w)}</p>
				</div>
				<CameraToggle page={page} />
			</div>
		</div>
	);
}

function hint({ microphone, camera }: OwnMedia, w: Words): string {
	if (isOn(microphone)) return w.hall.silent;
	if (isOn(camera)) return w.hall.microphoneOff;
	const never = microphone.trouble === "insecure" || microphone.trouble === "missing";
	return never ? w.hall.listenOnly : w.hall.listenFirst;
}
