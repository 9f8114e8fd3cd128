/** Whether a host is there, and how the knock stands: read out whenever it changes. */
import { type Words, words } from "../../i18n";
import type { Stage } from "../../state/model";

type LobbyStage = Extract<Stage, { readonly name: "lobby" | "joining" }>;

export function Status({ stage }: { readonly stage: LobbyStage }) {
	const { host, state, how } = statusOf(stage, words.value.lobby);
	return (
		<output class="lobby-status">
			{host && <span class="lobby-host">{host}</span>}
			<span class="lobby-state">{state}</span>
			{how && <span>{how}</span>}
		</output>
	);
}

interface Said {
	readonly host: string | null;
	readonly state: string;
	readonly how: string | null;
}

export function statusOf(stage: LobbyStage, w: Words["lobby"]): Said {
	if (stage.name === "joining") {
		return { host: null, state: w.states.admitted, how: w.admittedHow };
	}
	if (stage.knock === null) return { host: null, state: w.states.sending, how: null };
	const { state, hostPresent, told } = stage.knock;
	switch (state) {
		case "turned away":
			return { host: null, state: w.states[state], how: w.turnedAwayHow };
		case "lapsed":
			return { host: null, state: w.states[state], how: w.lapsedHow };
		case "deleted":
			return { host: null, state: w.states[state], how: w.deletedHow };
		case "room full":
			return { host: null, state: w.states[state], how: w.roomFullHow };
		default: {
			const nobody = `${w.nobody} ${told ? w.told : w.notTold}`;
			return { host: hostPresent ? w.hostPresent : nobody, state: w.states[state], how: null };
		}
	}
}
