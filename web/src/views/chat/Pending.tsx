/** A message of one's own that the server does not have yet: on its way, or refused. */
import type { Actions } from "../../actions/actions";
import { explain, words } from "../../i18n";
import type { PendingMessage } from "../../state/model";
import { Alert } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { RichText } from "./RichText";

interface PendingProps {
	readonly message: PendingMessage;
	readonly actions: Actions;
}

export function Pending({ message, actions }: PendingProps) {
	const w = words.value;
	if (!message.refusal) {
		return (
			<div class="pending">
				<p class="said-text">
					<RichText text={message.text} />
				</p>
				<p class="pending-state">{w.chat.sending}</p>
			</div>
		);
	}
	return (
		<div class="pending pending-refused">
			<p class="said-text">
				<RichText text={message.text} />
			</p>
			<Alert>{w.chat.notSent(explain(message.refusal, w.refusals))}</Alert>
			<div class="pending-ways">
				<Button size="small" icon="retry" onClick={() => actions.sayAgain(message.clientId)}>
					{w.tryAgain}
				</Button>
				<Button size="small" kind="quiet" onClick={() => actions.throwAway(message.clientId)}>
					{w.chat.throwAway}
				</Button>
			</div>
		</div>
	);
}
