/** How much there is in the room, of what, and how much there may be. Loaded with the first look. */
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { UsageLoaded } from "../../protocol/generated";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import "./usage.css";

interface UsageProps {
	readonly page: RoomPage;
	readonly onClose: () => void;
}

export function Usage({ page, onClose }: UsageProps) {
	const w = words.value;
	const [usage, setUsage] = useState<UsageLoaded | null | undefined>();
	const [tries, setTries] = useState(0);
	useEffect(() => {
		let wanted = true;
		setUsage(undefined);
		void page.actions.loadUsage().then((found) => wanted && setUsage(found));
		return () => {
			wanted = false;
		};
	}, [page, tries]);
	return (
		<Dialog title={w.content.usage.title} closeLabel={w.close} onClose={onClose}>
			<div aria-live="polite" aria-busy={usage === undefined}>
				{usage === undefined && <p>{w.content.loading}</p>}
				{usage === null && (
					<>
						<p>{w.content.usage.unknown}</p>
						<Button onClick={() => setTries(tries + 1)}>{w.tryAgain}</Button>
					</>
				)}
				{usage && <Amounts usage={usage} />}
			</div>
		</Dialog>
	);
}

function Amounts({ usage }: { readonly usage: UsageLoaded }) {
	const w = words.value.content;
	const { files, boards, chat, limit, serverLimit, mostBoards } = usage;
	return (
		<div class="usage">
			<p>{w.usage.files(files.bytes, limit)}</p>
			<ul>
				<li>{w.usage.each(w.files(files.count), files.bytes)}</li>
				<li>{w.usage.each(w.boards(boards.count), boards.bytes)}</li>
				<li>{w.usage.each(w.usage.messages(chat.count), chat.bytes)}</li>
			</ul>
			<p>{w.usage.server(serverLimit)}</p>
			<p>{w.usage.boards(mostBoards)}</p>
		</div>
	);
}
