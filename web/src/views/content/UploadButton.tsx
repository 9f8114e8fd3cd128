/** Chooses files for the room. */
import { useId, useRef } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { whyNoScreen } from "../../state/room";
import { Icon } from "../../ui/Icon";

interface UploadButtonProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
}

export function UploadButton({ page, meeting }: UploadButtonProps) {
	const w = words.value.content;
	const field = useRef<HTMLInputElement>(null);
	const id = useId();
	const why = whyNoScreen(meeting);
	return (
		<>
			<button
				type="button"
				class="button button-small"
				// Not disabled: the keyboard still gets here, and learns why.
				aria-disabled={why !== null}
				aria-describedby={why === null ? undefined : id}
				title={why === null ? undefined : w.noUpload[why]}
				onClick={() => why === null && field.current?.click()}
			>
				<Icon name="upload" size="small" />
				{w.upload}
			</button>
			{why !== null && (
				<span id={id} hidden>
					{w.noUpload[why]}
				</span>
			)}
			<input
				ref={field}
				type="file"
				// The button is the way here for everybody.
				hidden
				multiple
				aria-label={w.uploadFiles}
				onChange={({ currentTarget }) => {
					page.actions.upload([...(currentTarget.files ?? [])]);
					// The same file can be chosen again.
					currentTarget.value = "";
				}}
			/>
		</>
	);
}
