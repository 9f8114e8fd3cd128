/** The quiet lock: says whether all media of this meeting is encrypted, and opens the dialog. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { type Encryption, isEncrypted, strangers } from "../../state/encryption";
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
	if (!isEncrypted(encryption, meeting)) return "pending";
	return strangers(encryption).length > 0 ? "stranger" : "encrypted";
}

const ICONS: Readonly<Record<Status, IconName>> = {
	encrypted: "lock",
	stranger: "warning",
	pending: "unlock",
	untrue: "warning",
	impossible: "warning",
};

export function EncryptionMark({ page, meeting }: MarkProps) {
	const w = words.value.encryption;
	const status = statusOf(page.state.encryption.value, meeting);
	return (
		<button
			type="button"
			class="encryption-mark"
			data-status={status}
			aria-label={w.title}
			title={w.status[status]}
			onClick={() => {
				openDialog.value = "encryption";
			}}
		>
			<Icon name={ICONS[status]} size="small" />
		</button>
	);
}
