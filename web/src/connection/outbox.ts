/**
 * What a person did while the server was away and that is worth telling it afterwards: the last of each
 * kind, so it is bounded by the number of kinds. Chat has its own memory (`Chat.pending`), signals and
 * paths are told anew after every Welcome, and what can be refused is asked while the server is there.
 */
import type { ChangeMedia, Command, RaiseHand } from "../protocol/generated";

type Kept = ChangeMedia | RaiseHand;

function isKept(command: Command): command is Kept {
	return command.type === "ChangeMedia" || command.type === "RaiseHand";
}

export class Outbox {
	readonly #kept = new Map<Kept["type"], Kept>();

	/** Whether the command will be sent later. */
	keep(command: Command): boolean {
		if (!isKept(command)) return false;
		this.#kept.set(command.type, command);
		return true;
	}

	/** Everything kept, which is then forgotten. */
	take(): readonly Kept[] {
		const all = [...this.#kept.values()];
		this.#kept.clear();
		return all;
	}
}
