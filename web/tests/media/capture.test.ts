import { beforeEach, expect, it } from "vitest";
import { Capture } from "../../src/media/own/capture";
import type { InputKind } from "../../src/media/own/constraints";
import { settle } from "../fakes/clock";

class FakeTrack {
	onended: (() => void) | null = null;
	stopped = false;
	enabled = true;
	noiseSuppression = true;
	constructor(readonly deviceId: string) {}
	getSettings() {
		return { deviceId: this.deviceId, noiseSuppression: this.noiseSuppression };
	}
	applyConstraints() {
		return Promise.resolve();
	}
	stop() {
		this.stopped = true;
	}
}

/** Devices of a computer: asks are answered when the test says so, or at once. */
class FakeDevices {
	present = ["first", "second"];
	error: string | null = null;
	readonly tracks: FakeTrack[] = [];
	hold: Promise<void> = Promise.resolve();
	asked = 0;

	async getUserMedia(constraints?: MediaStreamConstraints): Promise<MediaStream> {
		this.asked += 1;
		await this.hold;
		if (this.error) throw new DOMException("no", this.error);
		const asked = (constraints?.audio ?? constraints?.video) as MediaTrackConstraints;
		const exact = (asked.deviceId as ConstrainDOMStringParameters | undefined)?.exact;
		const id = exact ?? this.present[0];
		if (id === undefined) throw new DOMException("none", "NotFoundError");
		if (!this.present.includes(String(id))) throw new DOMException("", "OverconstrainedError");
		const track = new FakeTrack(String(id));
		this.tracks.push(track);
		return { getTracks: () => [track] } as unknown as MediaStream;
	}
}

let devices: FakeDevices;
beforeEach(() => {
	devices = new FakeDevices();
});

function capture(kind: InputKind = "camera", mediaDevices: FakeDevices | undefined = devices) {
	return new Capture({
		kind,
		mediaDevices,
		secure: false,
		chosen: null,
		wanted: false,
		noiseSuppression: true,
		changed: () => undefined,
	});
}

it.each([
	["NotAllowedError", "refused"],
	["NotFoundError", "missing"],
	["NotReadableError", "busy"],
	["TypeError", "unknown"],
])("says of %s that the device is %s", async (error, trouble) => {
	devices.error = error;
	const camera = capture();
	await camera.set(true);
	expect(camera).toMatchObject({ trouble, wanted: true, starting: false, sending: null });
});

it("says that plain http gives no devices", async () => {
	const camera = new Capture({
		kind: "camera",
		mediaDevices: undefined,
		secure: false,
		chosen: null,
		wanted: false,
		noiseSuppression: true,
		changed: () => undefined,
	});
	await camera.set(true);
	expect(camera.trouble).toBe("insecure");
});

it("lets the camera go when it is off, and keeps a muted microphone", async () => {
	const camera = capture("camera");
	const microphone = capture("microphone");
	for (const input of [camera, microphone]) {
		await input.set(true);
		await input.set(false);
		expect(input.sending).toBeNull();
	}
	expect(devices.tracks.map(({ stopped }) => stopped)).toEqual([true, false]);
	await microphone.set(true);
	expect(microphone.sending).not.toBeNull();
	expect(devices.asked).toBe(2);
});

it("makes a muted microphone silent at its source, another one chosen meanwhile too", async () => {
	const microphone = capture("microphone");
	await microphone.set(true);
	await microphone.set(false);
	expect(devices.tracks[0]?.enabled).toBe(false);
	await microphone.choose("second");
	expect(devices.tracks[1]?.enabled).toBe(false);
	await microphone.set(true);
	expect(devices.tracks[1]?.enabled).toBe(true);
});

it("opens nothing after it was closed, whatever is plugged in", async () => {
	devices.present = [];
	const camera = capture();
	await camera.set(true);
	expect(camera.trouble).toBe("missing");
	camera.close();
	devices.present = ["first"];
	camera.devicesChanged();
	await settle();
	expect(devices.tracks).toEqual([]);
});

it("stops a track that comes after the person changed their mind", async () => {
	let release = () => {};
	devices.hold = new Promise((resolve) => {
		release = resolve;
	});
	const camera = capture();
	const on = camera.set(true);
	expect(camera.starting).toBe(true);
	await camera.set(false);
	release();
	await on;
	expect(devices.tracks[0]?.stopped).toBe(true);
	expect(camera).toMatchObject({ sending: null, trouble: null, starting: false });
});

it("takes the other device when the one in use is unplugged, and says so", async () => {
	const camera = capture();
	await camera.set(true);
	devices.present = ["second"];
	devices.tracks[0]?.onended?.();
	await settle();
	expect(camera.sending).toBe(devices.tracks[1]);
	expect(camera).toMatchObject({ chosen: "second", trouble: "unplugged" });
});

it("waits for a device when the last one was unplugged, and takes it", async () => {
	const camera = capture();
	await camera.set(true);
	devices.present = [];
	devices.tracks[0]?.onended?.();
	await settle();
	expect(camera).toMatchObject({ sending: null, trouble: "unplugged" });
	devices.present = ["third"];
	camera.devicesChanged();
	await settle();
	expect(camera).toMatchObject({ chosen: "third", trouble: null });
	expect(camera.sending).not.toBeNull();
});

it("falls back to any device when the remembered one is gone", async () => {
	const camera = capture();
	await camera.choose("gone long ago");
	await camera.set(true);
	expect(camera).toMatchObject({ chosen: "first", trouble: null });
});

it("changes the device without a gap: the old one goes when the new one is there", async () => {
	const camera = capture();
	await camera.set(true);
	const change = camera.choose("second");
	expect(camera.sending).toBe(devices.tracks[0]);
	await change;
	expect(camera.sending).toBe(devices.tracks[1]);
	expect(devices.tracks[0]?.stopped).toBe(true);
});

it("opens the microphone again where it cannot change while it runs", async () => {
	const microphone = capture("microphone");
	await microphone.set(true);
	await microphone.setNoiseSuppression(false);
	expect(devices.asked).toBe(2);
	expect(devices.tracks[0]?.stopped).toBe(true);
});
