/** What is open for everybody, or a line that says so when one put it aside. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Presentation } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { contentAside } from "../room/ui";

interface TableProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly presentation: Presentation;
}

export function Table(props: TableProps) {
	const [Viewer, setViewer] = useState<ComponentType<TableProps> | null>(null);
	const [failed, setFailed] = useState(false);
	useEffect(() => {
		if (Viewer || failed) return;
		import("./Viewer").then(
			(file) => setViewer(() => file.Viewer),
			() => setFailed(true),
		);
	}, [Viewer, failed]);
	if (contentAside.value || failed) {
		return (
			<Aside
				{...props}
				onShow={() => {
					contentAside.value = false;
					setFailed(false);
				}}
			/>
		);
	}
	return Viewer ? (
		<Viewer {...props} />
	) : (
		<p class="content-waiting">{words.value.content.loading}</p>
	);
}

function Aside({ meeting, presentation, onShow }: TableProps & { readonly onShow: () => void }) {
	const w = words.value.content;
	const item = meeting.content.find((one) => one.id === presentation.shown);
	return (
		<div class="content-aside">
			<Icon name="presenter" />
			<p class="content-aside-words">{w.isOpen(item?.name ?? "")}</p>
			<Button size="small" onClick={onShow}>
				{w.show}
			</Button>
		</div>
	);
}
