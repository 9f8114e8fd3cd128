/** Why a device cannot be had, from what the browser throws (W3C Media Capture and Streams). */
import type { DeviceTrouble } from "../../state/media";

export function troubleOf(error: unknown): DeviceTrouble {
	const name = error instanceof Error || error instanceof DOMException ? error.name : "";
	switch (name) {
		case "NotAllowedError":
		case "SecurityError":
			return "refused";
		case "NotFoundError":
		case "OverconstrainedError":
			return "missing";
		case "NotReadableError":
		case "AbortError":
			return "busy";
		default:
			return "unknown";
	}
}

/** Null when the person only closed the browser's chooser: that is no trouble. */
export function screenTroubleOf(error: unknown): DeviceTrouble | null {
	const trouble = troubleOf(error);
	if (trouble !== "refused") return trouble;
	return error instanceof Error && /system/i.test(error.message) ? "refused" : null;
}
