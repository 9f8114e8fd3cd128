/** A soft double knock on wood, made on the spot: nothing is fetched. */

/** How long a browser may take to let an allowed page play, in milliseconds. */
const START_WITHIN_MS = 400;
const KNOCKS_S = [0, 0.19] as const;

/** False where the browser lets the page play nothing before somebody clicks or types in it. */
export async function knockAloud(): Promise<boolean> {
	const audio = await running();
	if (!audio) return false;
	const start = audio.currentTime + 0.02;
	for (const [index, offset] of KNOCKS_S.entries())
		thud(audio, start + offset, index === 0 ? 1 : 0.8);
	setTimeout(() => void audio.close(), 1_000);
	return true;
}

/** Whether a knock could be heard now. */
export async function canKnock(): Promise<boolean> {
	const audio = await running();
	await audio?.close();
	return audio !== null;
}

async function running(): Promise<AudioContext | null> {
	if (typeof AudioContext === "undefined") return null;
	const audio = new AudioContext();
	// Where it is not allowed the promise waits for a click that may never come.
	await Promise.race([
		audio.resume(),
		new Promise((resolve) => setTimeout(resolve, START_WITHIN_MS)),
	]);
	if (audio.state === "running") return audio;
	void audio.close();
	return null;
}

function thud(audio: AudioContext, at: number, loudness: number): void {
	const tone = audio.createOscillator();
	const volume = audio.createGain();
	tone.type = "triangle";
	tone.frequency.setValueAtTime(230, at);
	tone.frequency.exponentialRampToValueAtTime(95, at + 0.09);
	volume.gain.setValueAtTime(0, at);
	volume.gain.linearRampToValueAtTime(0.22 * loudness, at + 0.006);
	volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.16);
	tone.connect(volume).connect(audio.destination);
	tone.start(at);
	tone.stop(at + 0.18);
}
