/** Saying something, exactly once and in order, over as many connections as it takes. */
import type { Answer } from "../connection/line";
import type { Clock } from "../core/clock";
import { randomId } from "../core/ids";
import type { Command } from "../protocol/generated";
import type { PendingMessage } from "../state/model";
import type { Actions } from "./actions";
import type { Store } from "./store";

export interface ChatDesk
	extends Pick<
		Actions,
		"say" | "searchChat" | "sayAgain" | "throwAway" | "loadEarlier" | "markRead"
	> {
	/** In again: send what has no answer yet. */
	resume(): void;
}

export function makeChatDesk(
	store: Store,
	clock: Clock,
	request: (command: Command) => Promise<Answer | null>,
): ChatDesk {
	let sending = false;

	/** One after the other: it keeps the order, and coming back with many does not break the limit. */
	async function sendAll(): Promise<void> {
		if (sending) return;
		sending = true;
		try {
			for (let next = unanswered(store); next; next = unanswered(store)) {
				if (!(await send(next))) return;
			}
		} finally {
			sending = false;
		}
	}

	/** False when it makes no sense to go on now. */
	async function send(message: PendingMessage): Promise<boolean> {
		const { clientId, text, replyTo } = message;
		const mentions = message.mentions.map(({ item }) => item);
		const to = message.to?.id ?? null;
		const answer = await request({ type: "SendChat", clientId, text, replyTo, to, mentions });
		if (answer === null) return false;
		if (answer.type !== "Refused") {
			store.happen({ type: "MessageAcknowledged", clientId });
			return true;
		}
		const { refusal } = answer;
		if (refusal.code === "ServerStopping") return false;
		if (refusal.code === "TooFast") {
			clock.after(refusal.facts.seconds * 1_000, () => void sendAll());
			return false;
		}
		store.happen({ type: "MessageRefused", clientId, refusal });
		return true;
	}

	async function loadEarlier(): Promise<void> {
		const chat = store.meeting()?.chat;
		const first = chat?.messages[0];
		if (!chat?.earlier || chat.loadingEarlier || first === undefined) return;
		store.happen({ type: "EarlierAsked" });
		const answer = await request({ type: "LoadChat", before: first.number });
		if (answer?.type !== "ChatLoaded") store.happen({ type: "EarlierNotGiven" });
	}

	return {
		say(text, { replyTo = null, to = null, mentions = [] } = {}) {
			if (text.trim() === "" && mentions.length === 0) return;
			const clientId = randomId(22);
			const now = clock.now();
			store.happen({ type: "MessageSaid", clientId, text, replyTo, to, mentions, now });
			void sendAll();
		},
		async searchChat(text, before) {
			const answer = await request({ type: "SearchChat", text, before });
			return answer?.type === "ChatFound" ? answer : null;
		},
		sayAgain(clientId) {
			store.happen({ type: "MessageSaidAgain", clientId });
			void sendAll();
		},
		throwAway: (clientId) => store.happen({ type: "MessageThrownAway", clientId }),
		loadEarlier: () => void loadEarlier(),
		markRead: (number) => store.happen({ type: "MessagesRead", number }),
		resume: () => void sendAll(),
	};
}

function unanswered(store: Store): PendingMessage | undefined {
	return store.meeting()?.chat.pending.find((pending) => pending.refusal === null);
}
