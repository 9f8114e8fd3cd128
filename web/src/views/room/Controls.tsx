/** The middle of the bar: microphone, camera, screen, hand, leave. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { ownself, whyNoScreen } from "../../state/room";
import { ToggleButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { CameraToggle, MicrophoneToggle } from "./MediaToggles";

export function Controls({
	page,
	meeting,
}: {
	readonly page: RoomPage;
	readonly meeting: Meeting;
}) {
	const w = words.value.room;
	const { screen } = page.state.own.value;
	const me = ownself(meeting);
	const why = whyNoScreen(meeting);
	return (
		<div class="controls" role="toolbar" aria-label={w.controls}>
			<MicrophoneToggle page={page} />
			<CameraToggle page={page} />
			{screen.possible && (
				<ToggleButton
					label={w.shareScreen}
					pressed={screen.on}
					icon="screen"
					hint="S"
					busy={screen.starting}
					reason={why ? words.value.hosting.noScreen[why] : undefined}
					onToggle={page.actions.setScreen}
				/>
			)}
			<ToggleButton
				label={w.raiseHand}
				pressed={(me?.hand ?? null) !== null}
				icon="hand"
				hint="H"
				onToggle={page.actions.raiseHand}
			/>
			<button
				type="button"
				class="bar-button bar-leave"
				title={w.leave}
				onClick={page.actions.leave}
			>
				<span class="bar-button-face">
					<Icon name="leave" />
				</span>
				<span class="bar-button-name">{w.leave}</span>
			</button>
		</div>
	);
}
