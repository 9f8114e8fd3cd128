/** A message of one's own that the server does not have yet: on its way, or refused. */
import type { Actions } from "../../actions/actions";
import { explain, words } from "../../i18n";
import type { PendingMessage } from "../../state/model";
import { Alert } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { PrivateMark } from "./PrivateMark";
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
				<Words message={message} />
				<p class="pending-state">{w.chat.sending}</p>
			</div>
		);
	}
	return (
		<div class="pending pending-refused">
			<Words message={message} />
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

function Words({ message }: Pick<PendingProps, "message">) {
	return (
		<>
			{message.to && <PrivateMark to={message.to} toYou={false} />}
			<p class="said-text">
				<RichText text={message.text} />
			</p>
			{message.mentions.map(({ item, name }) => (
				<p key={item} class="mention-name" dir="auto">
					{name}
				</p>
			))}
		</>
	);
}
