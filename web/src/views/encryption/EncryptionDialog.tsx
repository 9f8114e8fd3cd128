/** Who can see and hear, the code to compare, and what changed. */
import { Fragment } from "preact";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { clockTime } from "../../i18n/times";
import {
	type Encryption,
	type InTheKeys,
	isComparable,
	isCompared,
	isKeyed,
	lastChange,
	silent,
	sinceCompared,
} from "../../state/encryption";
import type { Meeting } from "../../state/model";
import { Notice } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Fingerprint } from "../../ui/Fingerprint";
import { KnownByDevice } from "./KnownByDevice";
import { namesIn, warnings } from "./Mark";
import "./encryption.css";

interface EncryptionDialogProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly onClose: () => void;
}

export function EncryptionDialog({ page, meeting, onClose }: EncryptionDialogProps) {
	const w = words.value.encryption;
	const encryption = page.state.encryption.value;
	const nameOf = namesIn(meeting);
	const keyless = meeting.participants.filter(({ id }) => encryption.keyless.has(id));
	return (
		<Dialog title={w.title} closeLabel={words.value.close} onClose={onClose}>
			<p>{stateOf(encryption, meeting)}</p>
			{warnings(encryption, meeting).map((warning) => (
				<Notice key={warning}>{warning}</Notice>
			))}
			{encryption.code !== null && <Code page={page} code={encryption.code} />}
			{encryption.people.length > 0 && (
				<section class="encryption-part">
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
			{keyless.length > 0 && (
				<section class="encryption-part">
					<h3>{w.cannot}</h3>
					<ul class="encryption-list">
						{keyless.map(({ id, name }) => (
							<li key={id}>
								<span>{name}</span>
								<span class="encryption-hint">{w.noKeys}</span>
							</li>
						))}
					</ul>
				</section>
			)}
			{encryption.changes.length > 0 && (
				<section class="encryption-part">
					<h3>{w.changes}</h3>
					<ul class="encryption-list">
						{encryption.changes.map(({ at, what, name }, index) => (
							<li key={encryption.changes.length - index}>{w[what](name, clockTime(at))}</li>
						))}
					</ul>
				</section>
			)}
			<KnownByDevice page={page} />
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
	const encryption = page.state.encryption.value;
	const compared = isCompared(encryption);
	return (
		<section class="encryption-part">
			<h3 id="safety-code">{w.code}</h3>
			{/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, this is one thing to read */}
			<p class="encryption-code" role="group" aria-labelledby="safety-code">
				{lines(code).map((line) => (
					<Fragment key={line}>
						<span>{line}</span>{" "}
					</Fragment>
				))}
			</p>
			<p class="encryption-hint">{w.how}</p>
			<output class="encryption-said">{saidOfCode(encryption)}</output>
			<Button
				resting={compared || !isComparable(encryption)}
				onClick={() => page.actions.markCompared(code)}
			>
				{w.markCompared}
			</Button>
		</section>
	);
}

/** Three groups and three groups, so that a narrow screen breaks it in the middle. */
function lines(code: string): readonly string[] {
	const groups = code.split(" ");
	const middle = Math.ceil(groups.length / 2);
	return [groups.slice(0, middle).join(" "), groups.slice(middle).join(" ")];
}

/** How it is with the keys and with what arrives; `warnings` says the rest. */
export function stateOf(encryption: Encryption, meeting: Meeting): string {
	const w = words.value.encryption;
	if (!encryption.possible) return w.status.impossible;
	if (encryption.untrue.length > 0) return w.status.untrue;
	const names = silent(encryption, meeting).map(({ name }) => name);
	const keys = isKeyed(encryption, meeting) ? [] : [w.status.pending];
	const sentences = [...keys, ...(names.length > 0 ? [w.silent(names)] : [])];
	return sentences.length > 0 ? sentences.join(" ") : w.status.encrypted;
}

/** What became of the comparison, for whoever looks now and whoever looked away. */
export function saidOfCode(encryption: Encryption): string {
	const w = words.value.encryption;
	const { comparison } = encryption;
	if (comparison === null) {
		const { came, left } = lastChange(encryption);
		return came.length + left.length > 0 ? w.newCode(came, left) : "";
	}
	const at = clockTime(comparison.at);
	const others = comparison.people.filter(({ you }) => !you).map(({ name }) => name);
	if (isCompared(encryption)) return w.compared(others, at);
	const { came, left } = sinceCompared(encryption);
	return `${w.comparedBefore(others, at)} ${w.newCode(came, left)}`;
}
