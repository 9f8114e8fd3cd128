/** As long as somebody of the server is in the room for support, everybody is told so, and cannot dismiss it. */
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { Notice } from "../../ui/Alert";
import { everybody } from "../people/everybody";

export function SupportBanner({ meeting }: { readonly meeting: Meeting }) {
	const w = words.value.hosting;
	return (
		<>
			{everybody(meeting)
				.filter((one) => one.role === "support")
				.map((one) => (
					<Notice key={one.id} icon="support">
						{one.id === meeting.you ? w.supportYou : w.support(one.name)}{" "}
						{w.supportReason(one.reason)}
					</Notice>
				))}
		</>
	);
}
