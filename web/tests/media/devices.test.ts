import { beforeEach, expect, it } from "vitest";
import { Devices } from "../../src/media/own/devices";
import { settle } from "../fakes/clock";

class FakeTrack {
	onended: (() => void) | null = null;
	stopped = false;
	enabled = true;
	constructor(readonly kind: "audio" | "video") {}
	getSettings() {
		return { deviceId: this.kind };
	}
	stop() {
		this.stopped = true;
	}
}

/** A browser whose question to the person stays open until the test answers it. */
class FakeBrowser {
	readonly tracks: FakeTrack[] = [];
	readonly #questions: { allow: () => void; refuse: (name: string) => void }[] = [];

	getUserMedia({ audio, video }: MediaStreamConstraints): Promise<MediaStream> {
		return new Promise((resolve, reject) => {
			const allow = () => {
				const given: FakeTrack[] = [];
				if (audio) given.push(new FakeTrack("audio"));
				if (video) given.push(new FakeTrack("video"));
				this.tracks.push(...given);
				resolve({
					getTracks: () => given,
					getAudioTracks: () => given.filter(({ kind }) => kind === "audio"),
					getVideoTracks: () => given.filter(({ kind }) => kind === "video"),
				} as unknown as MediaStream);
			};
			this.#questions.push({ allow, refuse: (name) => reject(new DOMException("", name)) });
		});
	}

	enumerateDevices = () => Promise.resolve([]);
	addEventListener = () => undefined;

	get open(): number {
		return this.#questions.length;
	}

	async allow(): Promise<void> {
		this.#questions.shift()?.allow();
		await settle();
	}

	async refuse(name: string): Promise<void> {
		this.#questions.shift()?.refuse(name);
		await settle();
	}

	get live(): number {
		return this.tracks.filter(({ stopped }) => !stopped).length;
	}
}

let browser: FakeBrowser;
beforeEach(() => {
	browser = new FakeBrowser();
});

function devices(cameraOn = true): Devices {
	return new Devices({
		mediaDevices: browser as unknown as MediaDevices,
		permissions: undefined,
		secure: true,
		choices: {
			microphone: null,
			camera: null,
			speaker: null,
			microphoneOn: true,
			cameraOn,
			noiseSuppression: true,
		},
		speakersPossible: false,
		makeStream: (track) => ({ getVideoTracks: () => [track] }) as unknown as MediaStream,
		changed: () => undefined,
	});
}

it("opens both with one question", async () => {
	const own = devices();
	void own.open();
	await browser.allow();
	expect(browser.open).toBe(0);
	expect(own.tracks).toMatchObject({ microphone: { kind: "audio" }, camera: { kind: "video" } });
});

it.each([true, false])(
	"opens nothing that is allowed only after leaving; camera wanted: %s",
	async (cameraOn) => {
		const own = devices(cameraOn);
		void own.open();
		own.close();
		await browser.allow();
		expect(browser.tracks).not.toEqual([]);
		expect(browser.live).toBe(0);
		expect(own.tracks).toMatchObject({ microphone: null, camera: null });
	},
);

it("asks nothing more after leaving when both at once could not be had", async () => {
	const own = devices();
	void own.open();
	own.close();
	await browser.refuse("NotReadableError");
	expect(browser.open).toBe(0);
	expect(own.own.microphone).toMatchObject({ on: false, starting: false, trouble: null });
});

it("asks for the second kind no more when the person left at the question for the first", async () => {
	const own = devices();
	void own.open();
	await browser.refuse("NotReadableError");
	expect(browser.open).toBe(1);
	own.close();
	await browser.allow();
	expect(browser.open).toBe(0);
	expect(browser.live).toBe(0);
});

it("uses what the second opening brings, when the first was left at its question", async () => {
	const own = devices();
	void own.open();
	own.close();
	void own.open();
	await browser.allow();
	expect(browser.live).toBe(0);
	await browser.allow();
	expect(browser.live).toBe(2);
	expect(own.own.camera).toMatchObject({ on: true, starting: false });
});
