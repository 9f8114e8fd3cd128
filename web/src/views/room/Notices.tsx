/** What needs to be known or done now, above the bar and never over a face. */
import { useSignal } from "@preact/signals";
import type { RoomPage } from "../../actions/actions";
import { explain, words } from "../../i18n";
import type { DeviceTrouble } from "../../state/media";
import type { Connection } from "../../state/model";
import { Alert, Notice } from "../../ui/Alert";
import { isOn } from "./MediaToggles";
import { TroubleAlert } from "./TroubleAlert";
import { talking } from "./ui";

interface NoticesProps {
	readonly page: RoomPage;
	readonly connection: Connection;
}

const kinds = ["microphone", "camera", "screen"] as const;

export function Notices({ page, connection }: NoticesProps) {
	const w = words.value.room;
	const dismissed = useSignal<ReadonlySet<string>>(new Set());
	const own = page.state.own.value;
	const troubles = kinds.flatMap((device) => {
		const { trouble } = own[device];
		return trouble && !dismissed.value.has(device + trouble) ? [{ device, trouble }] : [];
	});
	const dismiss = (device: string, trouble: DeviceTrouble) => {
		dismissed.value = new Set([...dismissed.value, device + trouble]);
	};
	return (
		<>
			{connection.name === "coming back" && (
				<Notice>{w.comingBack(connection.attempt, hasDirect(page))}</Notice>
			)}
			<Unsent page={page} />
			{isUnencryptable(page) && <Alert>{words.value.encryption.status.impossible}</Alert>}
			{talking.value && isOn(own.microphone) && <p class="room-talking">{w.pushToTalk}</p>}
			{withoutRepeats(troubles).map(({ device, trouble }) => (
				<TroubleAlert
					key={device}
					device={device}
					trouble={trouble}
					onDismiss={() => dismiss(device, trouble)}
				/>
			))}
		</>
	);
}

/** What the others lack only they can see; whoever lacks for nothing has to be told. */
function Unsent({ page }: { readonly page: RoomPage }) {
	const refusal = page.state.unsent.value;
	if (refusal === null) return null;
	const { connection, refusals } = words.value;
	const unsent = hasDirect(page) ? connection.unsent : connection.unsentToAll;
	return <Alert>{unsent(explain(refusal, refusals))}</Alert>;
}

/** No browser can on plain http, of which its own sentence speaks. */
export function isUnencryptable({ state }: RoomPage): boolean {
	const insecure = kinds.some((device) => state.own.value[device].trouble === "insecure");
	return !state.encryption.value.possible && !insecure;
}

/** Is there anybody to whom picture and sound go without the server? */
export function hasDirect({ state }: RoomPage): boolean {
	return Object.values(state.remote.value).some(
		(media) => media.state === "connected" && media.path === "direct",
	);
}

interface Trouble {
	readonly device: (typeof kinds)[number];
	readonly trouble: DeviceTrouble;
}

/** The sentence about plain http speaks of the camera and the microphone at once. */
function withoutRepeats(troubles: readonly Trouble[]): readonly Trouble[] {
	const insecure = troubles.findIndex((one) => one.trouble === "insecure");
	return troubles.filter((one, index) => one.trouble !== "insecure" || index === insecure);
}
