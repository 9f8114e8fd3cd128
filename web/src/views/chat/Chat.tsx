/** The region Chat. Stays in the page while closed, so that a draft and the place read are kept. */
import { useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { mayWrite } from "../../state/room";
import { IconButton } from "../../ui/Button";
import { Composer } from "./Composer";
import { send } from "./composing";
import { Log } from "./Log";
import { Search } from "./Search";
import "./chat.css";
import "./messages.css";

interface ChatProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly visible: boolean;
}

export function Chat({ page, meeting, visible }: ChatProps) {
	const [searching, setSearching] = useState(false);
	const head = useRef<HTMLDivElement>(null);
	const close = () => {
		setSearching(false);
		head.current?.querySelector("button")?.focus();
	};
	return (
		<section class="chat" aria-label={words.value.chat.region} hidden={!visible}>
			<div ref={head} class="chat-head">
				<IconButton
					label={words.value.chat.search}
					icon="search"
					pressed={searching}
					onClick={() => (searching ? close() : setSearching(true))}
				/>
			</div>
			{searching && <Search page={page} onClose={close} />}
			<Log page={page} meeting={meeting} visible={visible} />
			<Composer
				limit={meeting.limits.chatText}
				closed={mayWrite(meeting) ? null : words.value.hosting.noChat}
				onSay={(text) => send(page.actions, text)}
			/>
		</section>
	);
}
