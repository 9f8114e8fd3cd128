/** Whose room this is, who you are, and the one clear button. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { explain, type Words, words } from "../../i18n";
import type { Door } from "../../state/door";
import type { Stage } from "../../state/model";
import { Alert, Notice } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { whereOf } from "../title";
import { KnockFields } from "./KnockFields";
import { opensOf } from "./known";
import { ownPath } from "./picture";

interface JoinFormProps {
	readonly page: RoomPage;
	readonly name: string;
	/** Whether to join or to knock is known, or has taken too long to wait for. */
	readonly known: boolean;
	readonly returning: boolean;
	readonly onName: (name: string) => void;
}

export function JoinForm({ page, name, known, returning, onName }: JoinFormProps) {
	const w = words.value;
	const heading = useRef<HTMLHeadingElement>(null);
	// What had the focus is gone with the page before: go on where the words are.
	useEffect(() => {
		if (returning) heading.current?.focus();
	}, []);
	const [nameMissing, setNameMissing] = useState(false);
	const stage = page.state.stage.value;
	const [said, setSaid] = useState(page.state.knockWords.value);
	const knocking = opensOf(stage, page.state.kind) === "knock";
	const door = "door" in stage ? stage.door : null;
	const picture = ownPath(door?.picture);
	const joining = stage.name === "joining";
	const problem = nameMissing ? w.refusals.NameEmpty({}) : problemOf(stage, w);
	const submit = (event: Event) => {
		event.preventDefault();
		const missing = name.trim() === "";
		setNameMissing(missing);
		if (missing) document.getElementById("your-name")?.focus();
		else if (knocking) page.actions.knock(name.trim(), said);
		else if (!joining) page.actions.join(name.trim());
	};
	return (
		<form class="hall-form" onSubmit={submit} noValidate>
			{page.state.waysOn.support && (
				<Notice icon="support">
					{w.hall.support} <a href={page.state.waysOn.support}>{w.hall.supportRead}</a>
				</Notice>
			)}
			{picture && <img class="hall-backdrop" src={picture} alt="" />}
			<div>
				<p class="hall-visiting">{w.hall.visiting}</p>
				<h1 ref={heading} tabIndex={-1} class="hall-room" title={page.state.roomName}>
					{whereOf(page.state, w)}
				</h1>
				{page.state.kind === "reception" && <p class="hall-hint">{w.lobby.receptionHow}</p>}
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
			{knocking && door?.linkInvalid && <Notice>{w.refusals.InviteLinkInvalid({})}</Notice>}
			{known && knocking && <KnockFields page={page} said={said} onChange={setSaid} />}
			{problem && <Alert id="join-problem">{problem}</Alert>}
			{stage.name === "hall" && stage.arriving && <Arriving how={stage.arriving} />}
			{known ? (
				<Button type="submit" kind="primary" size="large" busy={joining}>
					{knocking ? w.lobby.knock : joining ? w.hall.joining : w.hall.join}
				</Button>
			) : (
				<p class="hall-looking">{w.lobby.looking}</p>
			)}
			{known && (
				<p class="hall-hint">{knocking ? hostLine(door, w) : w.hall.media[page.state.relay]}</p>
			)}
			{known && !knocking && <Claim page={page} />}
			{page.state.dataPath && (
				<p class="hall-hint">
					<a href={page.state.dataPath}>{w.settings.myData}</a>
				</p>
			)}
			{door?.greeting && <p class="greeting">{door.greeting}</p>}
		</form>
	);
}

/** For whoever is signed in, at a room that was nobody's and empty when the page was opened. */
function Claim({ page }: { readonly page: RoomPage }) {
	const w = words.value.hall;
	const { claim } = page.state.waysOn;
	if (!claim) return null;
	return (
		<p class="hall-hint">
			{w.nobodys} <a href={claim}>{w.claim}</a>
		</p>
	);
}

function Arriving({ how }: { readonly how: "let in" | "coming back" }) {
	const w = words.value.lobby;
	return (
		<output class="hall-arriving">
			{how === "let in" ? `${w.letIn} ${w.letInHow}` : w.comingBack}
		</output>
	);
}

function hostLine(door: Door | null, w: Words): string {
	return door?.hostPresent ? w.lobby.hostThere : w.lobby.nobody;
}

function problemOf(stage: Stage, w: Words): string | null {
	if (stage.name !== "hall") return null;
	if (stage.refusal) return explain(stage.refusal, w.refusals);
	return stage.unreachable ? w.hall.unreachable : null;
}
