/** Which camera, microphone or speaker. */
import type { RoomPage } from "../../actions/actions";
import { type Words, words } from "../../i18n";
import type { Device, DeviceKind, OwnMedia } from "../../state/media";
import { Select } from "../../ui/fields";

const labels: Record<DeviceKind, (w: Words) => string> = {
	camera: (w) => w.devices.cameraDevice,
	microphone: (w) => w.devices.microphoneDevice,
	speaker: (w) => w.devices.speakerDevice,
};

export function DeviceChoice({
	page,
	kind,
}: {
	readonly page: RoomPage;
	readonly kind: DeviceKind;
}) {
	const w = words.value;
	const { devices, chosen } = offered(page.state.own.value, kind);
	const choices = devices.map((device, index) => ({
		value: device.id,
		label: device.label || w.devices.unnamed(index + 1),
	}));
	const none = [{ value: "", label: w.devices.none }];
	return (
		<Select
			label={labels[kind](w)}
			value={choices.find((one) => one.value === chosen)?.value ?? choices[0]?.value ?? ""}
			choices={choices.length > 0 ? choices : none}
			disabled={choices.length === 0}
			onChoose={(id) => page.actions.chooseDevice(kind, id)}
		/>
	);
}

function offered(
	own: OwnMedia,
	kind: DeviceKind,
): { devices: readonly Device[]; chosen: string | null } {
	if (kind === "speaker") return { devices: own.speakers, chosen: own.speaker };
	return own[kind];
}
