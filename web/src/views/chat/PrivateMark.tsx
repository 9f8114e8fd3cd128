/** Says of a message that nobody but two people see it. */
import { words } from "../../i18n";
import type { Addressee } from "../../protocol/generated";
import { Icon } from "../../ui/Icon";

interface PrivateMarkProps {
	readonly to: Addressee;
	readonly toYou: boolean;
}

export function PrivateMark({ to, toYou }: PrivateMarkProps) {
	const w = words.value.chat;
	return (
		<span class="said-private" title={w.privateHow}>
			<Icon name="lock" size="small" />
			<span dir="auto">{toYou ? w.privateToYou : w.privateTo(to.name)}</span>
		</span>
	);
}
