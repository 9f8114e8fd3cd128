/** Before joining: see yourself, choose devices, say who you are, come in. */
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { IconButton } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import { TroubleAlert } from "../room/TroubleAlert";
import { DeviceChoice } from "../settings/DeviceChoice";
import { Settings } from "../settings/Settings";
import { JoinForm } from "./JoinForm";
import { useDoorKnown } from "./known";
import { OwnPicture } from "./OwnPicture";
import "./hall.css";

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
	const stage = state.stage.value;
	const known = useDoorKnown(stage);
	useEffect(() => {
		// Not before the door is known: a room that was deleted asks nobody for a camera.
		if (known) void actions.openDevices();
	}, [actions, known]);
	const account = stage.name === "hall" ? (stage.door?.name ?? "") : "";
	useEffect(() => {
		// The server knows who is signed in; what was written here, or used last, counts more.
		setName((before) => before || account);
	}, [account]);
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
				<OwnPicture page={page} name={name} />
				<JoinForm page={page} name={name} known={known} returning={returning} onName={setName} />
				{/* What lies below the form is laid out, and seen once the form does not grow any more. */}
				<div class={`hall-devices${known ? "" : " is-hidden"}`}>
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
