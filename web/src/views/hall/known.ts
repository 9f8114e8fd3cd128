/** Whether to knock or to join: the form waits a moment for it, so that nothing moves under the hand. */
import { useEffect, useState } from "preact/hooks";
import type { PageState } from "../../actions/actions";
import type { Stage } from "../../state/model";

const patience = 1_500;

export function useDoorKnown(stage: Stage): boolean {
	const [waited, setWaited] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setWaited(true), patience);
		return () => clearTimeout(timer);
	}, []);
	return waited || stage.name !== "hall" || saysSomething(stage);
}

function saysSomething(stage: Extract<Stage, { readonly name: "hall" }>): boolean {
	const { door, unreachable, refusal, arriving } = stage;
	return door !== null || unreachable || refusal !== null || arriving !== null;
}

/** What to do at this door. As long as nobody knows, the server decides when the button is pressed. */
export function opensOf(stage: Stage, kind: PageState["kind"]): "join" | "knock" {
	if (stage.name === "hall" && stage.arriving === null) {
		return stage.door?.opens ?? (kind === "reception" ? "knock" : "join");
	}
	return "join";
}
