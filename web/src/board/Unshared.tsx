/** What was drawn here and is not, or never was, on the board of the others. */
import { explain, words } from "../i18n";
import { Alert } from "../ui/Alert";
import { Button } from "../ui/Button";
import type { SyncState } from "./sync";
import { boardWords } from "./words";

interface UnsharedProps {
	readonly state: SyncState;
	readonly onTakeBack: () => void;
	readonly onDismiss: () => void;
}

export function Unshared({ state, onTakeBack, onDismiss }: UnsharedProps) {
	const w = boardWords.value;
	const { refusal, takenBack } = state;
	const why = (of: typeof refusal) => (of ? explain(of, words.value.refusals) : "");
	return (
		<>
			{takenBack && (
				<Alert onDismiss={{ label: words.value.dismiss, run: onDismiss }}>
					{`${w.takenBack(takenBack.count)} ${why(takenBack.refusal)}`.trim()}
				</Alert>
			)}
			{refusal && (
				<Alert
					action={
						<Button size="small" onClick={onTakeBack}>
							{w.takeBack}
						</Button>
					}
				>
					{`${why(refusal)} ${w.waits}`}
				</Alert>
			)}
		</>
	);
}
