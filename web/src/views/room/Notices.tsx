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
	const direct = Object.values(page.state.remote.value).some(
		({ state, path }) => state === "connected" && path === "direct",
	);
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
				<Notice>{w.comingBack(connection.attempt, direct)}</Notice>
			)}
			<Unsent page={page} />
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
	return <Alert>{connection.unsent(explain(refusal, refusals))}</Alert>;
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
