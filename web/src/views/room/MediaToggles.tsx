/** The microphone and camera buttons, the same in the hall and in the room. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { OwnDevice } from "../../state/media";
import { ToggleButton } from "../../ui/Button";

/** Wanted and not known to be impossible: a device in trouble shows as off, and a click tries again. */
export function isOn(device: OwnDevice): boolean {
	return device.wanted && device.trouble === null;
}

export function MicrophoneToggle({ page }: { readonly page: RoomPage }) {
	const { microphone } = page.state.own.value;
	const on = isOn(microphone);
	return (
		<ToggleButton
			label={words.value.devices.microphone}
			pressed={on}
			icon={on ? "microphone" : "microphoneOff"}
			hint="M"
			busy={microphone.starting}
			onToggle={page.actions.setMicrophone}
		/>
	);
}

export function CameraToggle({ page }: { readonly page: RoomPage }) {
	const { camera } = page.state.own.value;
	const on = isOn(camera);
	return (
		<ToggleButton
			label={words.value.devices.camera}
			pressed={on}
			icon={on ? "camera" : "cameraOff"}
			hint="V"
			busy={camera.starting}
			onToggle={page.actions.setCamera}
		/>
	);
}
