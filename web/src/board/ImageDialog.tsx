/** Which image goes on the board: one of the room's files, or one from this device. */
import { useState } from "preact/hooks";
import type { RoomPage } from "../actions/actions";
import { words } from "../i18n";
import type { Meeting } from "../state/model";
import { Alert } from "../ui/Alert";
import { Dialog } from "../ui/Dialog";
import { sheetOf } from "../views/content/kinds";
import { toJpeg } from "./images";
import { boardWords } from "./words";

interface ImageDialogProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly onClose: () => void;
	readonly onImage: (jpeg: Uint8Array<ArrayBuffer>, name: string) => void;
}

export function ImageDialog({ page, meeting, onClose, onImage }: ImageDialogProps) {
	const w = boardWords.value;
	const [failed, setFailed] = useState(false);
	const [busy, setBusy] = useState(false);
	const pictures = meeting.content.filter(({ mediaType }) => sheetOf(mediaType) === "picture");
	const put = async (name: string, read: () => Promise<Blob | null>) => {
		if (busy) return;
		setBusy(true);
		setFailed(false);
		const file = await read();
		const jpeg = file && (await toJpeg(file));
		setBusy(false);
		if (jpeg) onImage(jpeg, name);
		else setFailed(true);
	};
	return (
		<Dialog title={w.addImage} closeLabel={words.value.close} onClose={onClose}>
			<p>{w.imageHint}</p>
			{failed && <Alert>{w.noImage}</Alert>}
			{busy && <output>{w.preparing}</output>}
			<ul class="whiteboard-files">
				{pictures.map(({ id, name }) => (
					<li key={id}>
						<button
							type="button"
							class="whiteboard-object"
							aria-disabled={busy}
							onClick={() => void put(name, () => page.actions.readFile(id))}
						>
							<img class="whiteboard-thumb" src={page.actions.addressOf(id)} alt="" />
							<span class="whiteboard-object-name" dir="auto">
								{name}
							</span>
						</button>
					</li>
				))}
			</ul>
			{pictures.length === 0 && <p class="whiteboard-hint">{w.noPictures}</p>}
			<label class="whiteboard-choose">
				{w.fromDevice}
				<input
					type="file"
					accept="image/png,image/jpeg,image/gif,image/webp,image/avif"
					onChange={({ currentTarget }) => {
						const [file] = currentTarget.files ?? [];
						if (file) void put(file.name, async () => file);
					}}
				/>
			</label>
		</Dialog>
	);
}
