/** The camera as somebody means it who has just asked for it. */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { OwnMedia } from "../state/media";

/** Its stream once it no longer starts; null: it is off, or could not be had. */
export function cameraStream(own: ReadonlySignal<OwnMedia>): Promise<MediaStream | null> {
	return new Promise((resolve) => {
		const stop = effect(() => {
			const { camera, cameraStream } = own.value;
			if (camera.starting && cameraStream === null) return;
			resolve(cameraStream);
			queueMicrotask(() => stop());
		});
	});
}
