/** Everything a person can set, in one dialog. In the hall without what the hall shows itself. */
import { useState } from "preact/hooks";
import type { Preferences, RoomPage } from "../../actions/actions";
import { explain, languages, words } from "../../i18n";
import { Alert } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Choices, Section, Select, Switch } from "../../ui/fields";
import { explainNote, isRefusedRename } from "../room/notes";
import { DeviceChoice } from "./DeviceChoice";
import { nameProblem } from "./nameProblem";

interface SettingsProps {
	readonly page: RoomPage;
	readonly inRoom: boolean;
	readonly onClose: () => void;
	readonly onShortcuts?: () => void;
}

export function Settings({ page, inRoom, onClose, onShortcuts }: SettingsProps) {
	const w = words.value;
	return (
		<Dialog title={w.settings.title} closeLabel={w.close} onClose={onClose}>
			{inRoom && (
				<Section title={w.settings.you}>
					<OwnName page={page} />
				</Section>
			)}
			<Section title={w.settings.devices}>
				{inRoom && <DeviceChoice page={page} kind="camera" />}
				{inRoom && <DeviceChoice page={page} kind="microphone" />}
				{page.state.own.value.speakers.length > 0 && <DeviceChoice page={page} kind="speaker" />}
				<Switch
					label={w.settings.noise}
					hint={w.settings.noiseHint}
					checked={page.state.own.value.noiseSuppression}
					onChange={page.actions.setNoiseSuppression}
				/>
			</Section>
			<Look page={page} />
			<MyData page={page} />
			{onShortcuts && (
				<Button icon="keyboard" onClick={onShortcuts}>
					{w.room.keys}
				</Button>
			)}
		</Dialog>
	);
}

/** Beside the meeting: nobody leaves it for that. */
function MyData({ page }: { readonly page: RoomPage }) {
	const w = words.value.settings;
	const path = page.state.dataPath;
	if (path === null) return null;
	return (
		<p class="field-hint">
			<a href={path} target="_blank" rel="noreferrer">
				{w.myData}
			</a>{" "}
			{w.myDataHint}
		</p>
	);
}

function OwnName({ page }: { readonly page: RoomPage }) {
	const w = words.value;
	const stage = page.state.stage.value;
	const me =
		stage.name === "in"
			? stage.meeting.participants.find((one) => one.id === stage.meeting.you)
			: null;
	const current = me?.name ?? page.state.preferences.value.name;
	const [name, setName] = useState(current);
	const [found, setFound] = useState<string | null>(null);
	const refused = page.state.notes.value.find(isRefusedRename);
	const problem = found ?? (refused ? explainNote(refused, w) : null);
	const keep = () => {
		const wished = name.trim();
		const wrong = stage.name === "in" ? nameProblem(wished, stage.meeting.limits.name) : null;
		setFound(wrong && explain(wrong, w.refusals));
		if (!wrong && wished !== current) page.actions.rename(wished);
	};
	return (
		<div class="field">
			<label for="own-name">{w.settings.name}</label>
			<input
				id="own-name"
				class="input"
				autocomplete="name"
				value={name}
				aria-invalid={problem !== null}
				aria-describedby={problem ? "own-name-problem own-name-hint" : "own-name-hint"}
				onInput={(event) => {
					setName(event.currentTarget.value);
					setFound(null);
					if (refused) page.actions.dismissNote(refused);
				}}
				onBlur={keep}
				onKeyDown={(event) => event.key === "Enter" && keep()}
			/>
			{problem && <Alert id="own-name-problem">{problem}</Alert>}
			<p class="field-hint" id="own-name-hint">
				{w.settings.nameHint}
			</p>
		</div>
	);
}

function Look({ page }: { readonly page: RoomPage }) {
	const w = words.value;
	const { preferences } = page.state;
	const { prefer } = page.actions;
	const now = preferences.value;
	const tongues = Object.entries(languages).map(([value, label]) => ({ value, label }));
	return (
		<Section title={w.settings.look}>
			<Choices
				legend={w.settings.theme}
				value={now.theme}
				choices={w.settings.themes}
				onChoose={(theme) => prefer({ theme })}
			/>
			<Choices
				legend={w.settings.layout}
				value={now.layout}
				choices={w.settings.layouts}
				onChoose={(layout) => prefer({ layout })}
			/>
			<Select
				label={w.settings.language}
				value={now.language}
				choices={tongues}
				onChoose={(value) => prefer({ language: value as Preferences["language"] })}
			/>
			<Switch
				label={w.settings.mirror}
				hint={w.settings.mirrorHint}
				checked={now.mirror}
				onChange={(mirror) => prefer({ mirror })}
			/>
			<Switch
				label={w.settings.sounds}
				hint={w.settings.soundsHint}
				checked={now.sounds}
				onChange={(sounds) => prefer({ sounds })}
			/>
		</Section>
	);
}
