/** The wish to be called, which the browser asks the person to confirm. */
import { useState } from "preact/hooks";
import { permission } from "../../door/notify";
import { words } from "../../i18n";
import { Button } from "../../ui/Button";

export function CallMe() {
	const w = words.value.lobby;
	const [allowed, setAllowed] = useState(permission());
	if (allowed === "unavailable") return null;
	if (allowed === "default") {
		return (
			<Button onClick={() => void Notification.requestPermission().then(setAllowed)}>
				{w.callMe}
			</Button>
		);
	}
	return (
		<output class="lobby-quiet">{allowed === "granted" ? w.callingYou : w.callRefused}</output>
	);
}
