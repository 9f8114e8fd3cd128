/** Before joining: see yourself, choose devices, say who you are, come in. */
import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { IconButton } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import { Meter } from "../../ui/Meter";
import { CameraToggle, MicrophoneToggle } from "../room/MediaToggles";
import { TroubleAlert } from "../room/TroubleAlert";
import { DeviceChoice } from "../settings/DeviceChoice";
import { Settings } from "../settings/Settings";
import { JoinForm } from "./JoinForm";
import { Preview } from "./Preview";
import "./hall.css";

export function Hall({ page }: { readonly page: RoomPage }) {
	const { state, actions } = page;
	const w = words.value;
	const [name, setName] = useState(state.preferences.value.name);
	const [settings, setSettings] = useState(false);
	const level = useComputed(() => state.levels.value["own"] ?? 0);
	useEffect(() => {
		void actions.openDevices();
	}, [actions]);
	const own = state.own.value;
	const silent = !own.microphone.wanted && !own.camera.wanted;
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
							<p class="hall-hint">{silent ? w.hall.listenOnly : w.hall.silent}</p>
						</div>
						<CameraToggle page={page} />
					</div>
				</div>
				<JoinForm page={page} name={name} onName={setName} />
				<div class="hall-devices">
					<DeviceChoice page={page} kind="camera" />
					<div class="stack">
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
