/** What is in a file, as far as a page shows it: pictures, texts, PDF, sound and films. */
import { useEffect, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { ContentItem, View } from "../../protocol/generated";
import { Notice } from "../../ui/Alert";
import type { Size } from "../../ui/hooks";
import { Board } from "./Board";
import { sheetOf } from "./kinds";
import { Late } from "./Late";
import { Player } from "./Player";

export interface SheetProps {
	readonly page: RoomPage;
	readonly item: ContentItem;
	readonly view: View;
	/** One's own view is everybody's. */
	readonly presenting: boolean;
	/** On whiteboards; decided for this room, now. */
	readonly mayDraw: boolean;
	readonly onLook: (view: View) => void;
}

const loadPdf = () => import("../../pdf/Pdf").then((file) => file.Pdf);

export function Sheet(props: SheetProps) {
	switch (sheetOf(props.item.mediaType)) {
		case "picture":
			return <Picture {...props} />;
		case "text":
			return <Text {...props} />;
		case "film":
		case "sound":
			return <Player {...props} />;
		case "pdf":
			return <Late load={loadPdf} props={props} />;
		default:
			return <Note text={words.value.content.noView} />;
	}
}

function Note({ text }: { readonly text: string }) {
	return (
		<div class="viewer-note">
			<Notice icon="file">{text}</Notice>
		</div>
	);
}

function Picture({ page, item, view, onLook }: SheetProps) {
	const [natural, setNatural] = useState<Size>({ width: 0, height: 0 });
	const [failed, setFailed] = useState(false);
	if (failed) return <Note text={words.value.content.notLoaded} />;
	return (
		<Board
			label={item.name}
			view={view}
			natural={natural}
			loaded={natural.width > 0}
			onLook={onLook}
		>
			<img
				class="board-picture"
				src={page.actions.addressOf(item.id)}
				alt={item.name}
				draggable={false}
				onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
					setNatural({ width: naturalWidth, height: naturalHeight })
				}
				onError={() => setFailed(true)}
			/>
		</Board>
	);
}

function Text({ page, item, view, onLook }: SheetProps) {
	const w = words.value.content;
	const [text, setText] = useState<string | "too long" | null | undefined>();
	useEffect(() => {
		let wanted = true;
		void page.actions.readText(item).then((found) => wanted && setText(found));
		return () => {
			wanted = false;
		};
	}, [page, item]);
	if (text === "too long") return <Note text={w.noText} />;
	if (text === null) return <Note text={w.notLoaded} />;
	return (
		<Board label={item.name} view={view} natural={null} loaded={text !== undefined} onLook={onLook}>
			<pre class="board-words" dir="auto">
				{text ?? w.loading}
			</pre>
		</Board>
	);
}
