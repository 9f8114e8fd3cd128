/** People and messages for tests of the views. */
import type { ContentItem, Message, Participant, Room } from "../../src/protocol/generated";
import type { Meeting } from "../../src/state/model";

const names = [
	"Ada Lovelace",
	"Grace Hopper",
	"Katherine Johnson",
	"Alan Turing",
	"Chien-Shiung Wu",
	"Edsger W. Dijkstra",
	"Barbara",
	"Radia Perlman",
	"Ngũgĩ wa Thiong'o van den Berg-Oosterhuis",
];

export function participant(index: number, change: Partial<Participant> = {}): Participant {
	return {
		id: `p${index}`,
		name: names[index % names.length] ?? "Somebody",
		joinedAt: 1_000 + index,
		microphone: true,
		camera: true,
		screen: false,
		hand: null,
		away: false,
		role: "guest",
		reason: "",
		keys: null,
		...change,
	};
}

export function message(number: number, change: Partial<Message> = {}): Message {
	return {
		number,
		at: 1_790_000_000_000 + number * 60_000,
		author: "p1",
		name: "Grace Hopper",
		text: `Message ${number}`,
		clientId: `c${number}`,
		...change,
	};
}

export function item(index: number, change: Partial<ContentItem> = {}): ContentItem {
	return {
		id: `i${index}`,
		name: `plan ${index}.pdf`,
		mediaType: "application/pdf",
		length: 2_100_000,
		author: "p1",
		authorName: "Grace Hopper",
		addedAt: 1_790_000_000_000 + index * 60_000,
		...change,
	};
}

export function room(change: Partial<Room> = {}): Room {
	return {
		name: "kitchen-table",
		owned: false,
		locked: false,
		presenterMode: false,
		share: "everybody",
		chat: "everybody",
		draw: "everybody",
		...change,
	};
}

/** A meeting in which one is `p0`. */
export function meeting(change: Partial<Meeting> = {}): Meeting {
	return {
		seq: 1,
		meeting: "m",
		since: 0,
		you: "p0",
		room: room(),
		participants: [participant(0)],
		missing: [],
		chat: { messages: [], earlier: false, loadingEarlier: false, pending: [], readUpTo: 0 },
		content: [],
		boards: [],
		presentation: null,
		contentKey: "key",
		paths: {},
		limits: { name: 80, chatText: 4000, file: 2e9, content: 1e10, participants: 50 },
		mediaPort: 3478,
		relayedOnly: false,
		clockOffset: 0,
		...change,
	};
}
