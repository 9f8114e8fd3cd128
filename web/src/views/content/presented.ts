/** Whether something that is open for everybody is on this screen. */
import type { Meeting } from "../../state/model";
import { contentAside } from "../room/ui";

export function isPresented(meeting: Meeting): boolean {
	return meeting.presentation !== null && !contentAside.value;
}
