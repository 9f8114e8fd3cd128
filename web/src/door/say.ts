/** One voice for screen readers: sentences that come close together are said together. */
import type { Clock, Timer } from "../core/clock";

const TOGETHER_WITHIN_MS = 1_000;

export function makeSay(clock: Clock, say: (text: string) => void): (sentence: string) => void {
	let waiting: string[] = [];
	let timer: Timer | null = null;
	return (sentence) => {
		waiting.push(sentence);
		if (timer) return;
		timer = clock.after(TOGETHER_WITHIN_MS, () => {
			timer = null;
			say(waiting.join(" "));
			waiting = [];
		});
	};
}
