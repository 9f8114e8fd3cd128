/** What goes along with a knock: a message, and a picture if the person takes one. */
import { useId, useState } from "preact/hooks";
import type { KnockWords, RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { Alert } from "../../ui/Alert";
import { Button } from "../../ui/Button";

/** What the server takes, in characters. */
const longestMessage = 300;

interface KnockFieldsProps {
	readonly page: RoomPage;
	readonly said: KnockWords;
	readonly onChange: (said: KnockWords) => void;
}

export function KnockFields({ page, said, onChange }: KnockFieldsProps) {
	const w = words.value.lobby;
	const id = useId();
	const [missing, setMissing] = useState(false);
	const take = async () => {
		const still = await page.actions.takeStill();
		setMissing(still === null);
		if (still !== null) onChange({ ...said, still });
	};
	return (
		<>
			<div class="field">
				<label for={id}>{w.message}</label>
				<textarea
					id={id}
					class="input knock-message"
					rows={2}
					maxLength={longestMessage}
					aria-describedby={`${id}-hint`}
					value={said.message}
					onInput={(event) => onChange({ ...said, message: event.currentTarget.value })}
				/>
				<p class="field-hint" id={`${id}-hint`}>
					{w.messageHint}
				</p>
			</div>
			<div class="knock-still">
				{said.still && (
					<img class="still" src={`data:image/jpeg;base64,${said.still}`} alt={w.sendPicture} />
				)}
				<div class="knock-still-ways">
					<Button size="small" icon="camera" onClick={() => void take()}>
						{said.still ? w.takeAgain : w.sendPicture}
					</Button>
					{said.still && (
						<Button size="small" onClick={() => onChange({ ...said, still: null })}>
							{w.takeBack}
						</Button>
					)}
					<p class="field-hint">{said.still ? w.pictureGoes : w.sendPictureHint}</p>
				</div>
			</div>
			{missing && <Alert>{w.noPicture}</Alert>}
		</>
	);
}
