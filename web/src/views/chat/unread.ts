/** What has not been read yet. */
import type { Meeting } from "../../state/model";

export function unreadCount({ chat, you }: Meeting): number {
	let count = 0;
	for (let index = chat.messages.length - 1; index >= 0; index -= 1) {
		const message = chat.messages[index];
		if (!message || message.number <= chat.readUpTo) break;
		if (message.author !== you) count += 1;
	}
	return count;
}
