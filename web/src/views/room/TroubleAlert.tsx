/** Why a device cannot be had, and what to do about it in this browser. */
import { words } from "../../i18n";
import type { DeviceTrouble } from "../../state/media";
import { Alert } from "../../ui/Alert";

interface TroubleAlertProps {
	readonly device: "camera" | "microphone" | "screen";
	readonly trouble: DeviceTrouble;
	readonly onDismiss?: () => void;
}

export function TroubleAlert({ device, trouble, onDismiss }: TroubleAlertProps) {
	const w = words.value;
	const how = trouble === "refused" && device !== "screen" ? ` ${w.allowHow[browser()]}` : "";
	return (
		<Alert {...(onDismiss && { onDismiss: { label: w.dismiss, run: onDismiss } })}>
			{w.troubles[trouble](device)}
			{how}
		</Alert>
	);
}

/** Only for the words that tell where the permission is; nothing else depends on it. */
function browser(): "chrome" | "firefox" | "safari" {
	const agent = navigator.userAgent;
	if (agent.includes("Firefox/")) return "firefox";
	return agent.includes("Safari/") && !agent.includes("Chrome/") ? "safari" : "chrome";
}
