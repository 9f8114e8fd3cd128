/** Before joining: see yourself, choose devices, say who you are, come in. */
import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { type Words, words } from "../../i18n";
import type { OwnMedia } from "../../state/media";
import { IconButton } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import { Meter } from "../../ui/Meter";
import { CameraToggle, isOn, MicrophoneToggle } from "../room/MediaToggles";
import { TroubleAlert } from "../room/TroubleAlert";
import { DeviceChoice } from "../settings/DeviceChoice";
import { Settings } from "../settings/Settings";
import { JoinForm } from "./JoinForm";
import { Preview } from "./Preview";
import "./hall.css";

/** Under this key the levels hold one's own microphone. */
const ownLevel = "own";

interface HallProps {
	readonly page: RoomPage;
	/** Back from the room, or sent back from its door, rather than just opened. */
	readonly returning: boolean;
}

export function Hall({ page, returning }: HallProps) {
	const { state, actions } = page;
	const w = words.value;
	const [name, setName] = useState(state.preferences.value.name);
	const [settings, setSettings] = useState(false);
	const level = useComputed(() => state.levels.value[ownLevel] ?? 0);
	useEffect(() => {
		void actions.openDevices();
	}, [actions]);
	const own = state.own.value;
	return (
		<div class="hall">
			<header class="hall-head">
				<span class="brand">
					<Mark />
					meetd
				</span>
				<IconButton label={w.hall.settings} icon="settings" onClick={() => setSettings(true)} />
			</header>
			<main class="hall-body">
				<div class="hall-picture">
					<Preview page={page} name={name} />
					<div class="hall-toggles">
						<MicrophoneToggle page={page} />
						<div class="hall-level">
							<Meter label={w.devices.level} level={level} />
							<p class="hall-hint">{hint(own, w)}</p>
						</div>
						<CameraToggle page={page} />
					</div>
				</div>
				<JoinForm page={page} name={name} returning={returning} onName={setName} />
				<div class="hall-devices">
					<DeviceChoice page={page} kind="camera" />
					<div class="hall-device">
						<DeviceChoice page={page} kind="microphone" />
						{own.microphone.trouble && own.microphone.trouble !== "insecure" && (
							<TroubleAlert device="microphone" trouble={own.microphone.trouble} />
						)}
					</div>
				</div>
			</main>
			{settings && <Settings page={page} inRoom={false} onClose={() => setSettings(false)} />}
		</div>
	);
}

function hint({ microphone, camera }: OwnMedia, w: Words): string {
	if (isOn(microphone)) return w.hall.silent;
	if (isOn(camera)) return w.hall.microphoneOff;
	const never = microphone.trouble === "insecure" || microphone.trouble === "missing";
	return never ? w.hall.listenOnly : w.hall.listenFirst;
}
