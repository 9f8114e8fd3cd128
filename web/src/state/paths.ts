/** How media travels between oneself and each participant, as the server says. */
import type { PathChanged } from "../protocol/generated";
import type { Meeting, Path } from "./model";

type Paths = Meeting["paths"];

function pathOf(change: PathChanged): Path {
	return { path: change.path, state: change.state, why: change.why ?? "" };
}

// fromEntries and computed keys define own properties, also for an id such as "__proto__".

export function pathsOf(changes: readonly PathChanged[]): Paths {
	return Object.fromEntries(changes.map((change) => [change.participant, pathOf(change)]));
}

export function changePath(paths: Paths, change: PathChanged): Paths {
	return { ...paths, [change.participant]: pathOf(change) };
}

export function forgetPath(paths: Paths, participant: string): Paths {
	return Object.fromEntries(Object.entries(paths).filter(([id]) => id !== participant));
}
