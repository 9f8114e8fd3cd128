/** One's own picture before joining; in its place, what keeps it from showing. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { Avatar } from "../../ui/Avatar";
import { Icon } from "../../ui/Icon";
import { Video } from "../../ui/Video";
import { TroubleAlert } from "../room/TroubleAlert";

export function Preview({ page, name }: { readonly page: RoomPage; readonly name: string }) {
	const w = words.value;
	const { camera, cameraStream } = page.state.own.value;
	const mirrored = page.state.preferences.value.mirror;
	// A trouble that is over, such as one camera unplugged and another in its place, leaves a picture.
	const showing = cameraStream !== null && (camera.on || camera.trouble === null);
	return (
		<div class="preview">
			{!showing && (name.trim() ? <Avatar name={name} /> : <div class="preview-empty" />)}
			<Video
				stream={cameraStream}
				class={`preview-video${showing ? "" : " is-hidden"}${mirrored ? " is-mirrored" : ""}`}
				label={w.hall.preview}
			/>
			{camera.trouble ? (
				<div class="preview-trouble">
					<TroubleAlert device="camera" trouble={camera.trouble} />
				</div>
			) : (
				!showing && (
					<p class="preview-note">
						<Icon name="cameraOff" size="small" />
						{camera.starting ? w.devices.starting : w.hall.cameraOff}
					</p>
				)
			)}
		</div>
	);
}
