import { signal } from "@preact/signals";
import { expect, it } from "vitest";
import { cameraStream } from "../../src/actions/own_camera";
import type { OwnMedia } from "../../src/state/media";

function media(starting: boolean, cameraStream: MediaStream | null): OwnMedia {
	return { camera: { starting }, cameraStream } as OwnMedia;
}

const picture = {} as MediaStream;

it("waits for a camera that is starting", async () => {
	const own = signal(media(true, null));
	let found: MediaStream | null | undefined;
	const waiting = cameraStream(own).then((stream) => {
		found = stream;
	});
	await Promise.resolve();
	expect(found).toBeUndefined();
	own.value = media(false, picture);
	await waiting;
	expect(found).toBe(picture);
});

it("says at once that a camera is off, or could not be had", async () => {
	expect(await cameraStream(signal(media(false, null)))).toBeNull();
	const own = signal(media(true, null));
	const waiting = cameraStream(own);
	own.value = media(false, null);
	expect(await waiting).toBeNull();
});

it("takes the one that is on, also while another one starts", async () => {
	expect(await cameraStream(signal(media(true, picture)))).toBe(picture);
});
