/** What a host can say to one knock. Admit is first and largest. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Knocker } from "../protocol/generated";
import { Icon } from "../ui/Icon";
import type { CardModel } from "./model";
import type { Answer } from "./state";
import { WhereTo } from "./WhereTo";
import { words } from "./words";

interface AnswersProps {
	readonly model: CardModel;
	readonly knocker: Knocker;
	/** Of the element with the knocker's name: every button is described by it. */
	readonly nameId: string;
}

export function Answers({ model, knocker, nameId }: AnswersProps) {
	const w = words.value;
	const [more, setMore] = useState(false);
	const [choosing, setChoosing] = useState<Answer | null>(null);
	const busy = model.door.value.asked.has(knocker.id);
	const answer = (given: Answer) => model.desk.answer(knocker.id, given);
	const admit = (given: Answer) =>
		knocker.kind === "reception" ? setChoosing(given) : answer(given);
	const common = { nameId, busy };
	if (choosing) {
		return (
			<WhereTo
				model={model}
				busy={busy}
				onChoose={(room) => model.desk.answer(knocker.id, choosing, room)}
				onCancel={() => setChoosing(null)}
			/>
		);
	}
	return (
		<div class="door-answers" aria-busy={busy}>
			<Choice {...common} kind="primary" onPress={() => admit("admit once")}>
				{w.admit}
			</Choice>
			<button
				type="button"
				class="button button-quiet button-icon"
				aria-label={w.more}
				aria-expanded={more}
				aria-describedby={nameId}
				onClick={() => setMore(!more)}
			>
				<Icon name="options" />
			</button>
			{knocker.mayAlways && (
				<Choice {...common} onPress={() => admit("always admit")}>
					{w.always}
				</Choice>
			)}
			<Choice {...common} off={knocker.askedToWait} onPress={() => answer("ask to wait")}>
				{w.askToWait}
			</Choice>
			<Choice {...common} onPress={() => answer("turn away")}>
				{w.turnAway}
			</Choice>
			{more && (
				<Choice {...common} onPress={() => admit("admit for meeting")}>
					{w.forMeeting}
				</Choice>
			)}
		</div>
	);
}

interface ChoiceProps {
	readonly nameId: string;
	readonly busy: boolean;
	/** Was said already. */
	readonly off?: boolean;
	readonly kind?: "primary";
	readonly onPress: () => void;
	readonly children: ComponentChildren;
}

function Choice({ nameId, busy, off = false, kind, onPress, children }: ChoiceProps) {
	return (
		<button
			type="button"
			class={kind ? "button button-primary door-admit" : "button"}
			aria-describedby={nameId}
			// Not "disabled": that would take the focus away from under the finger.
			aria-disabled={busy || off}
			onClick={(event) => {
				// The second half of a double click: whoever came up in this place was not meant.
				if (!busy && !off && event.detail < 2) onPress();
			}}
		>
			{children}
		</button>
	);
}
