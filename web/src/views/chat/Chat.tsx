/** The region Chat. Stays in the page while closed, so that a draft and the place read are kept. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { mayWrite } from "../../state/room";
import { Composer } from "./Composer";
import { Log } from "./Log";
import "./chat.css";
import "./messages.css";

interface ChatProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly visible: boolean;
}

export function Chat({ page, meeting, visible }: ChatProps) {
	return (
		<section class="chat" aria-label={words.value.chat.region} hidden={!visible}>
			<Log page={page} meeting={meeting} visible={visible} />
			<Composer
				limit={meeting.limits.chatText}
				closed={mayWrite(meeting) ? null : words.value.hosting.noChat}
				onSay={page.actions.say}
			/>
		</section>
	);
}
