/** Whose room this is, who you are, and the one clear button. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { explain, type Words, words } from "../../i18n";
import type { Stage } from "../../state/model";
import { Alert } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { shortRoomName } from "../../ui/names";

interface JoinFormProps {
	readonly page: RoomPage;
	readonly name: string;
	readonly returning: boolean;
	readonly onName: (name: string) => void;
}

export function JoinForm({ page, name, returning, onName }: JoinFormProps) {
	const w = words.value;
	const heading = useRef<HTMLHeadingElement>(null);
	// What had the focus is gone with the page before: go on where the words are.
	useEffect(() => {
		if (returning) heading.current?.focus();
	}, []);
	const [nameMissing, setNameMissing] = useState(false);
	const stage = page.state.stage.value;
	const joining = stage.name === "joining";
	const problem = nameMissing ? w.refusals.NameEmpty({}) : problemOf(stage, w);
	const submit = (event: Event) => {
		event.preventDefault();
		const missing = name.trim() === "";
		setNameMissing(missing);
		if (missing) document.getElementById("your-name")?.focus();
		else if (!joining) page.actions.join(name.trim());
	};
	return (
		<form class="hall-form" onSubmit={submit} noValidate>
			<div>
				<p class="hall-visiting">{w.hall.visiting}</p>
				<h1 ref={heading} tabIndex={-1} class="hall-room" title={page.state.roomName}>
					{shortRoomName(page.state.roomName)}
				</h1>
			</div>
			<div class="field">
				<label for="your-name">{w.hall.yourName}</label>
				<input
					id="your-name"
					class="input input-large"
					autocomplete="name"
					placeholder={w.hall.namePlaceholder}
					value={name}
					aria-invalid={nameMissing}
					aria-describedby={problem ? "join-problem" : undefined}
					onInput={(event) => {
						onName(event.currentTarget.value);
						setNameMissing(false);
					}}
				/>
			</div>
			{problem && <Alert id="join-problem">{problem}</Alert>}
			<Button type="submit" kind="primary" size="large" busy={joining}>
				{joining ? w.hall.joining : w.hall.join}
			</Button>
			<p class="hall-hint">{w.hall.direct}</p>
		</form>
	);
}

function problemOf(stage: Stage, w: Words): string | null {
	if (stage.name !== "hall") return null;
	if (stage.refusal) return explain(stage.refusal, w.refusals);
	return stage.unreachable ? w.hall.unreachable : null;
}
