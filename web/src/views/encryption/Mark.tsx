/** The quiet lock: says whether all media of this meeting is encrypted, and opens the dialog. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { type Encryption, isCompared, isEncrypted, strangers } from "../../state/encryption";
import type { Meeting } from "../../state/model";
import { Icon, type IconName } from "../../ui/Icon";
import { openDialog } from "../room/ui";
import "./encryption.css";

interface MarkProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
}

type Status = "encrypted" | "stranger" | "pending" | "untrue" | "impossible";

export function statusOf(encryption: Encryption, meeting: Meeting): Status {
	if (!encryption.possible) return "impossible";
	if (encryption.untrue.length > 0) return "untrue";
	if (strangers(encryption).length > 0) return "stranger";
	return isEncrypted(encryption, meeting) ? "encrypted" : "pending";
}

/** What is wrong, by name, each sentence once; empty when nothing is. */
export function warnings(encryption: Encryption, meeting: Meeting): readonly string[] {
	const w = words.value.encryption;
	const nameOf = namesIn(meeting);
	return [
		...new Set([
			...encryption.untrue.map((id) => w.untrue(nameOf(id))),
			...strangers(encryption).map(({ participant }) => w.stranger(nameOf(participant))),
		]),
	];
}

export function namesIn({ participants, missing }: Meeting): (id: string) => string {
	const known = [...participants, ...missing];
	return (id) => known.find((one) => one.id === id)?.name ?? id;
}

/** The word beside the lock. */
export function wordOf(encryption: Encryption, status: Status): string {
	const w = words.value.encryption.mark;
	return status === "encrypted" && isCompared(encryption) ? w.compared : w[status];
}

const ICONS: Readonly<Record<Status, IconName>> = {
	encrypted: "lock",
	stranger: "warning",
	pending: "unlock",
	untrue: "warning",
	impossible: "warning",
};

/** What is wrong is read out once, when it begins: it does not depend on who is still on the way. */
export function EncryptionMark({ page, meeting }: MarkProps) {
	const w = words.value.encryption;
	const encryption = page.state.encryption.value;
	const status = statusOf(encryption, meeting);
	const word = wordOf(encryption, status);
	return (
		<>
			<button
				type="button"
				class="encryption-mark"
				data-status={status}
				aria-label={w.marked(word)}
				title={w.status[status]}
				onClick={() => {
					openDialog.value = "encryption";
				}}
			>
				<Icon name={ICONS[status]} size="small" />
				<span class="encryption-word">{word}</span>
			</button>
			<output class="visually-hidden">{warnings(encryption, meeting).join(" ")}</output>
		</>
	);
}
