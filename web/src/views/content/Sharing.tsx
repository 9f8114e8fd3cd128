/** Takes what is dropped or pasted anywhere in the room, and tells what is shared and how far it is. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { isUnderWay } from "../../state/uploads";
import { Icon } from "../../ui/Icon";
import { tab } from "../room/ui";
import { isTyping } from "../shortcuts/keys";
import { useContentNews, useOpenedNews, useProgressNews } from "./contentNews";
import { bringsFiles, pastedFiles } from "./offered";

interface SharingProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly compact: boolean;
}

export function Sharing({ page, meeting, compact }: SharingProps) {
	const dropping = useSignal(false);
	useContentNews(meeting, isContentShown(page, compact));
	useProgressNews(page);
	useOpenedNews(meeting);
	useStay(page);
	useEffect(() => {
		const share = (files: readonly File[]) => {
			if (files.length === 0) return;
			showContent(page, compact);
			page.actions.upload(files);
		};
		const over = (event: DragEvent) => {
			if (!event.dataTransfer || !bringsFiles(event.dataTransfer)) return;
			event.preventDefault();
			dropping.value = !isDialogShown();
		};
		// Into no element of the page: out of the window.
		const leave = (event: DragEvent) => {
			if (event.relatedTarget === null) dropping.value = false;
		};
		const drop = (event: DragEvent) => {
			if (!event.dataTransfer || !bringsFiles(event.dataTransfer)) return;
			// Otherwise the browser leaves the meeting to show the file.
			event.preventDefault();
			if (dropping.value) share([...event.dataTransfer.files]);
			dropping.value = false;
		};
		const paste = (event: ClipboardEvent) => {
			if (!event.clipboardData || isDialogShown()) return;
			const files = pastedFiles(event.clipboardData, isTyping(event.target));
			if (files.length > 0) event.preventDefault();
			share(files);
		};
		document.addEventListener("dragover", over);
		document.addEventListener("dragleave", leave);
		document.addEventListener("drop", drop);
		document.addEventListener("paste", paste);
		return () => {
			document.removeEventListener("dragover", over);
			document.removeEventListener("dragleave", leave);
			document.removeEventListener("drop", drop);
			document.removeEventListener("paste", paste);
		};
	}, [page, compact, dropping]);
	if (!dropping.value) return null;
	return (
		<div class="drop">
			<p class="drop-words">
				<Icon name="upload" size="large" />
				{words.value.content.dropHere}
			</p>
		</div>
	);
}

/** What was asked in a dialog comes first. */
function isDialogShown(): boolean {
	return document.querySelector("dialog[open]") !== null;
}

function isContentShown(page: RoomPage, compact: boolean): boolean {
	return compact ? tab.value === "content" : page.state.preferences.value.panels.content;
}

/** Where the file can be seen on its way. */
function showContent(page: RoomPage, compact: boolean): void {
	if (compact) tab.value = "content";
	const { panels } = page.state.preferences.value;
	if (!compact && !panels.content) page.actions.prefer({ panels: { ...panels, content: true } });
}

/** The browser asks before the page goes, as long as that would end an upload. */
function useStay(page: RoomPage): void {
	const busy = page.state.uploads.value.some(isUnderWay);
	useEffect(() => {
		if (!busy) return;
		const stay = (event: BeforeUnloadEvent) => event.preventDefault();
		window.addEventListener("beforeunload", stay);
		return () => window.removeEventListener("beforeunload", stay);
	}, [busy]);
}
