/** The one place where the state of the meeting changes: by what happened, and by nothing else. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { apply } from "../state/apply";
import { HALL } from "../state/door";
import type { Happening } from "../state/happenings";
import type { Meeting, Stage } from "../state/model";

export interface Store {
	readonly stage: ReadonlySignal<Stage>;
	happen(happening: Happening): void;
	/** Null before joining and after leaving. */
	meeting(): Meeting | null;
}

export function makeStore(): Store {
	const stage = signal<Stage>(HALL);
	return {
		stage,
		happen(happening) {
			stage.value = apply(stage.value, happening);
		},
		meeting: () => (stage.value.name === "in" ? stage.value.meeting : null),
	};
}
