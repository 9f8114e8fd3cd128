/** Calls whoever waits and looks at something else: an answer came. */
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { notify, permission, withdraw } from "../../door/notify";
import { type Words, words } from "../../i18n";
import type { Stage } from "../../state/model";
import { whereOf } from "../title";

/** What came of a knock since, as a title; null when nothing did. */
export function answerOf(before: Stage, after: Stage, w: Words): string | null {
	if (before.name !== "lobby") return null;
	if (after.name === "joining") return w.lobby.states.admitted;
	if (after.name !== "lobby" || after.knock === null) return null;
	const { state } = after.knock;
	return state === before.knock?.state || state === "waiting" ? null : w.lobby.states[state];
}

export function useCallBack({ state }: RoomPage): void {
	useEffect(() => {
		let before = state.stage.peek();
		const stop = effect(() => {
			const stage = state.stage.value;
			const answer = answerOf(before, stage, words.peek());
			before = stage;
			const away = document.visibilityState === "hidden" && permission() === "granted";
			if (answer !== null && away) notify(`${answer} · ${whereOf(state, words.peek())}`);
		});
		document.addEventListener("visibilitychange", withdraw);
		return () => {
			document.removeEventListener("visibilitychange", withdraw);
			stop();
		};
	}, [state]);
}
