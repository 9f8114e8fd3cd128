/** Two soft notes when somebody comes or goes, made on the spot: nothing is fetched. */
let context: AudioContext | null = null;

const notes = { joined: [523.25, 659.25], left: [587.33, 440] } as const;

export function tick(kind: keyof typeof notes): void {
	try {
		context ??= new AudioContext();
	} catch {
		return;
	}
	// The browser waits for a click before it plays: a tick that comes late would only startle.
	if (context.state !== "running") {
		void context.resume();
		return;
	}
	const start = context.currentTime + 0.01;
	for (const [index, frequency] of notes[kind].entries()) {
		play(context, frequency, start + index * 0.09);
	}
}

function play(audio: AudioContext, frequency: number, at: number): void {
	const tone = audio.createOscillator();
	const volume = audio.createGain();
	tone.type = "sine";
	tone.frequency.value = frequency;
	volume.gain.setValueAtTime(0, at);
	volume.gain.linearRampToValueAtTime(0.05, at + 0.015);
	volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
	tone.connect(volume).connect(audio.destination);
	tone.start(at);
	tone.stop(at + 0.24);
}
