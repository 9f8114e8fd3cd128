/** Who is in the keys, the code to compare, and what changed. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { clockTime } from "../../i18n/times";
import { type InTheKeys, strangers } from "../../state/encryption";
import type { Meeting } from "../../state/model";
import { Notice } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Fingerprint } from "../../ui/Fingerprint";
import { statusOf } from "./Mark";
import "./encryption.css";

interface EncryptionDialogProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly onClose: () => void;
}

export function EncryptionDialog({ page, meeting, onClose }: EncryptionDialogProps) {
	const w = words.value.encryption;
	const encryption = page.state.encryption.value;
	const status = statusOf(encryption, meeting);
	const known = [...meeting.participants, ...meeting.missing];
	const nameOf = (id: string) => known.find((one) => one.id === id)?.name ?? id;
	return (
		<Dialog title={w.title} closeLabel={words.value.close} onClose={onClose}>
			<p>{w.status[status]}</p>
			{encryption.untrue.map((id) => (
				<Notice key={id}>{w.untrue(nameOf(id))}</Notice>
			))}
			{strangers(encryption).map(({ participant }) => (
				<Notice key={participant}>{w.stranger(nameOf(participant))}</Notice>
			))}
			{encryption.code !== null && <Code page={page} code={encryption.code} />}
			{encryption.people.length > 0 && (
				<section>
					<h3>{w.people}</h3>
					<ul class="encryption-list">
						{encryption.people.map((one) => (
							<li key={one.signKey}>
								<span>
									{nameOf(one.participant)} <span class="encryption-hint">{hint(one)}</span>
								</span>
								<span class="encryption-hint">
									<Fingerprint of={one.signKey} />
								</span>
							</li>
						))}
					</ul>
				</section>
			)}
			{encryption.changes.length > 0 && (
				<section>
					<h3>{w.changes}</h3>
					<ul class="encryption-list">
						{encryption.changes.map(({ at, what, name }, index) => (
							<li key={encryption.changes.length - index}>
								<span>{w[what](name)}</span>
								<time class="encryption-hint">{clockTime(at)}</time>
							</li>
						))}
					</ul>
				</section>
			)}
		</Dialog>
	);
}

function hint({ you, hears, heard, recognised }: InTheKeys): string {
	const w = words.value.encryption;
	if (you) return w.you;
	return hears && heard ? w.recognised[recognised] : w.notYet;
}

function Code({ page, code }: { readonly page: RoomPage; readonly code: string }) {
	const w = words.value.encryption;
	const { compared } = page.state.encryption.value;
	return (
		<section>
			<h3 id="safety-code">{w.code}</h3>
			{/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, this is one thing to read */}
			<p class="encryption-code" role="group" aria-labelledby="safety-code">
				{code}
			</p>
			<p class="encryption-hint">{w.how}</p>
			{compared ? (
				<output>{w.compared}</output>
			) : (
				<Button onClick={() => page.actions.markCompared()}>{w.markCompared}</Button>
			)}
		</section>
	);
}
