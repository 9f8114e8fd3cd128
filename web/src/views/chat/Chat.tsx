/** The region Chat. Stays in the page while closed, so that a draft and the place read are kept. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { Composer } from "./Composer";
import { forgetComposing } from "./composing";
import { Log } from "./Log";
import { Search } from "./Search";
import { Writers } from "./Writers";
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
	useEffect(() => forgetComposing, []);
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
				<Menu
					label={words.value.chat.menu}
					kind="menu"
					items={waysToSave(page)}
					class="button button-quiet button-icon"
				>
					<Icon name="options" />
				</Menu>
			</div>
			{searching && <Search page={page} onClose={close} />}
			<Log page={page} meeting={meeting} visible={visible} />
			<Writers page={page} meeting={meeting} />
			<Composer page={page} meeting={meeting} />
		</section>
	);
}

function waysToSave({ actions }: RoomPage): readonly MenuItem[] {
	const w = words.value.chat;
	const way = (form: "text" | "json", label: string): MenuItem => ({
		id: form,
		label,
		icon: "download",
		onChoose: () => void actions.saveChat(form),
	});
	return [way("text", w.saveText), way("json", w.saveJson)];
}
