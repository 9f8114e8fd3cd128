/** Whether this browser keeps strokes that could not be sent: only then is loaded what sends them. */
import { forget, load, save } from "./storage";

const KEY = "meetd.strokes";

export function rememberStrokes(): void {
	save(KEY, { some: true });
}

export function forgetStrokes(): void {
	forget(KEY);
}

export function hasStrokes(): boolean {
	return load<{ some: boolean }>(KEY).some === true;
}
