/** One file of one's own on its way into the room. */
import { useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { explain, words } from "../../i18n";
import type { Upload } from "../../state/uploads";
import { Alert } from "../../ui/Alert";
import { Button, IconButton } from "../../ui/Button";
import { useFocusKept } from "../../ui/hooks";
import { Icon } from "../../ui/Icon";
import { FileName } from "./FileName";

interface UploadRowProps {
	readonly page: RoomPage;
	readonly upload: Upload;
}

export function UploadRow({ page, upload }: UploadRowProps) {
	const row = useRef<HTMLDivElement>(null);
	useFocusKept(row);
	return (
		// biome-ignore lint/a11y/useSemanticElements: no fields belong together here, one file's parts do.
		<div ref={row} class="file" role="group" aria-label={upload.name}>
			{upload.state === "refused" ? (
				<Refused page={page} upload={upload} />
			) : (
				<UnderWay page={page} upload={upload} />
			)}
		</div>
	);
}

function UnderWay({ page, upload }: UploadRowProps) {
	const w = words.value.content;
	const { id, name, state } = upload;
	return (
		<>
			<Icon name="upload" />
			<div class="file-words">
				<FileName name={name} />
				<progress
					class="file-progress"
					aria-label={w.uploading(name)}
					value={upload.sent}
					// An empty file is there as soon as it is begun.
					max={upload.length || 1}
				/>
				<p class="file-facts">
					<span>{w.progress(upload.sent, upload.length)}</span>
					<span class="file-who">{stateWords(upload)}</span>
				</p>
			</div>
			<div class="file-ways">
				{state === "paused" ? (
					<IconButton
						label={w.goOn(name)}
						icon="goOn"
						onClick={() => page.actions.goOnWithUpload(id)}
					/>
				) : (
					<IconButton
						label={w.pause(name)}
						icon="pause"
						onClick={() => page.actions.pauseUpload(id)}
					/>
				)}
				<IconButton
					label={w.cancel(name)}
					icon="close"
					onClick={() => page.actions.cancelUpload(id)}
				/>
			</div>
		</>
	);
}

function stateWords({ state, sent, length }: Upload): string {
	const w = words.value.content;
	if (state === "queued") return w.queued;
	if (state === "paused") return w.paused;
	if (state === "cut off") return w.cutOff;
	return sent === length ? w.finishing : "";
}

function Refused({ page, upload }: UploadRowProps) {
	const w = words.value;
	const { id, name, trouble } = upload;
	const code = trouble === null || trouble === "unreadable" ? trouble : trouble.code;
	const why =
		trouble === null || trouble === "unreadable"
			? w.content.unreadable
			: explain(trouble, w.refusals);
	const again = (
		<Button size="small" icon="retry" onClick={() => page.actions.goOnWithUpload(id)}>
			{w.tryAgain}
		</Button>
	);
	return (
		<div class="file-refused">
			<Alert
				// The same file is as large the next time.
				action={code !== "FileTooLarge" && again}
				onDismiss={{ label: w.dismiss, run: () => page.actions.cancelUpload(id) }}
			>
				{w.content.notShared(name, why)}
			</Alert>
		</div>
	);
}
