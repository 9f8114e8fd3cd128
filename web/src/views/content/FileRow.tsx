/** One file of the room. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { fullTime, shortTime } from "../../i18n/times";
import type { ContentItem } from "../../protocol/generated";
import { Button, IconButton } from "../../ui/Button";
import { useFocusKept } from "../../ui/hooks";
import { Icon } from "../../ui/Icon";
import { contentAside } from "../room/ui";
import { FileName } from "./FileName";
import { iconOf, sheetOf } from "./kinds";

interface FileRowProps {
	readonly page: RoomPage;
	readonly item: ContentItem;
	readonly own: boolean;
	/** One may show it to everybody. */
	readonly shareable: boolean;
	readonly removable: boolean;
	/** Goes in a moment. */
	readonly removing: boolean;
}

export function FileRow(props: FileRowProps) {
	const { page, item, own, removing } = props;
	const w = words.value.content;
	const row = useRef<HTMLLIElement>(null);
	useFocusKept(row);
	const who = own ? words.value.you(item.authorName) : item.authorName;
	return (
		<li ref={row} class="file">
			<Icon name={iconOf(item.mediaType)} />
			<div class="file-words">
				<FileName name={item.name} />
				<p class="file-facts">
					{removing ? (
						w.removing
					) : (
						<>
							<span>{w.size(item.length)}</span>
							<span class="file-who">{who}</span>
							<time dateTime={new Date(item.addedAt).toISOString()} title={fullTime(item.addedAt)}>
								{shortTime(item.addedAt, Date.now())}
							</time>
						</>
					)}
				</p>
			</div>
			{removing ? <Keep onKeep={() => page.actions.keepItem(item.id)} /> : <Ways {...props} />}
		</li>
	);
}

/** Takes the focus over from the button that was pressed, which is not there any more. */
function Keep({ onKeep }: { readonly onKeep: () => void }) {
	const button = useRef<HTMLButtonElement>(null);
	useLayoutEffect(() => button.current?.focus(), []);
	return (
		<Button size="small" buttonRef={button} onClick={onKeep}>
			{words.value.content.keep}
		</Button>
	);
}

function Ways({ page, item, shareable, removable }: FileRowProps) {
	const w = words.value.content;
	return (
		<div class="file-ways">
			{shareable && sheetOf(item.mediaType) !== "none" && (
				<IconButton
					label={w.open(item.name)}
					icon="presenter"
					onClick={() => {
						contentAside.value = false;
						page.actions.present(item.id);
					}}
				/>
			)}
			<IconButton
				label={w.download(item.name)}
				icon="download"
				onClick={() => void page.actions.download(item)}
			/>
			{removable && (
				<IconButton
					label={w.remove(item.name)}
					icon="delete"
					onClick={() => page.actions.removeItem(item.id)}
				/>
			)}
		</div>
	);
}
