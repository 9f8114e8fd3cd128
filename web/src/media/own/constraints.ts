/** What is asked of devices. */

export type InputKind = "microphone" | "camera";

export const DEVICE_KINDS: Readonly<Record<InputKind | "speaker", MediaDeviceKind>> = {
	microphone: "audioinput",
	camera: "videoinput",
	speaker: "audiooutput",
};

export function inputConstraints(
	kind: InputKind,
	deviceId: string | null,
	noiseSuppression: boolean,
): MediaStreamConstraints {
	const device = deviceId === null ? {} : { deviceId: { exact: deviceId } };
	if (kind === "camera") {
		return {
			video: {
				...device,
				width: { ideal: 1280 },
				height: { ideal: 720 },
				frameRate: { ideal: 30, max: 30 },
			},
		};
	}
	return { audio: { ...device, ...audioProcessing(noiseSuppression) } };
}

export function audioProcessing(noiseSuppression: boolean): MediaTrackConstraints {
	return { echoCancellation: true, autoGainControl: true, noiseSuppression };
}

/** 30 frames per second, since people share video too; sound where the browser has it. */
export const SCREEN_CONSTRAINTS: DisplayMediaStreamOptions = {
	video: { frameRate: { ideal: 30, max: 30 } },
	audio: { echoCancellation: false, autoGainControl: false, noiseSuppression: false },
};
