/** Between text and messages. What a server newer than this page adds is ignored; nothing here throws. */
import type {
	Addressee,
	Board,
	Candidate,
	ChatPage,
	Command,
	ContentItem,
	Description,
	DeviceProof,
	Event,
	Held,
	Knocker,
	KnockerGone,
	KnockSeen,
	Limits,
	MemberKeys,
	Mention,
	Message,
	OpenedItem,
	Participant,
	PathChanged,
	Point,
	Presentation,
	Reaction,
	Refusal,
	RefusalCode,
	RelayedStream,
	Room,
	SignalReceived,
	Snapshot,
	View,
} from "./generated";
import {
	field,
	flag,
	list,
	Misfit,
	number,
	oneOf,
	orNull,
	type Reader,
	shape,
	text,
} from "./shapes";

export type Decoded =
	| { readonly kind: "event"; readonly event: Event }
	/** Well formed, but of a type that this page does not know. */
	| { readonly kind: "unknown" }
	| { readonly kind: "malformed" };

const deviceProof = shape<DeviceProof>({ key: text, signature: text });
const memberKeys = shape<MemberKeys>({
	leaf: number,
	signKey: text,
	dhKey: text,
	signature: text,
	device: orNull(deviceProof),
});
const participant = shape<Participant>({
	id: text,
	name: text,
	joinedAt: number,
	microphone: flag,
	camera: flag,
	screen: flag,
	hand: orNull(number),
	away: flag,
	role: oneOf("guest", "host", "support"),
	reason: text,
	keys: orNull(memberKeys),
});
const reaction = shape<Reaction>({
	emoji: oneOf("👍", "❤️", "😂", "😮", "😢", "🎉"),
	by: list(text),
});
const addressee = shape<Addressee>({ id: text, name: text });
const mention = shape<Mention>({ item: text, name: text });
const message = shape<Message>({
	number,
	at: number,
	author: text,
	name: text,
	text,
	clientId: text,
	replyTo: orNull(number),
	editedAt: orNull(number),
	deleted: flag,
	reactions: list(reaction),
	to: orNull(addressee),
	mentions: list(mention),
});
const chatPage = shape<ChatPage>({ messages: list(message), earlier: flag });
const description = shape<Description>({ type: oneOf("offer", "answer"), sdp: text });
const candidate = shape<Candidate>({
	candidate: text,
	sdpMid: orNull(text),
	sdpMLineIndex: orNull(number),
	usernameFragment: orNull(text),
});
const sharing = oneOf("everybody", "hosts");
const room = shape<Room>({
	name: text,
	owned: flag,
	locked: flag,
	presenterMode: flag,
	share: sharing,
	chat: sharing,
	draw: sharing,
});
const knocker = shape<Knocker>({
	id: text,
	kind: oneOf("room", "reception"),
	door: text,
	name: text,
	message: text,
	hasStill: flag,
	knockedAt: number,
	signedIn: flag,
	known: orNull(oneOf("account", "email", "link")),
	invited: text,
	askedToWait: flag,
	away: flag,
	mayAlways: flag,
	signKey: orNull(text),
});
const knockerGone = shape<KnockerGone>({
	id: text,
	why: oneOf("admitted", "turned away", "stopped", "lapsed"),
	by: text,
});
const held = shape<Held>({ count: number, bytes: number });
const contentItem = shape<ContentItem>({
	id: text,
	name: text,
	mediaType: text,
	length: number,
	author: text,
	authorName: text,
	addedAt: number,
});
const board = shape<Board>({
	id: text,
	name: text,
	author: text,
	authorName: text,
	addedAt: number,
});
const point = shape<Point>({ x: number, y: number });
const view = shape<View>({
	page: number,
	zoom: number,
	x: number,
	y: number,
	at: number,
	playing: flag,
});
const openedItem = shape<OpenedItem>({ item: text, view });
const presentation = shape<Presentation>({
	presenter: text,
	shown: text,
	opened: list(openedItem),
});
const snapshot = shape<Snapshot>({
	room,
	participants: list(participant),
	chat: chatPage,
	content: list(contentItem),
	boards: list(board),
	presentation: orNull(presentation),
});
const limits = shape<Limits>({
	name: number,
	chatText: number,
	file: number,
	content: number,
	participants: number,
});
const pathChanged = shape<PathChanged>({
	type: oneOf("PathChanged"),
	participant: text,
	path: oneOf("direct", "relayed"),
	state: oneOf("connecting", "connected", "failed"),
	why: oneOf("", "failed", "degraded", "crowd", "setting", "full"),
});
const relayedStream = shape<RelayedStream>({
	mid: text,
	participant: text,
	slot: oneOf("microphone", "camera", "screen", "screenSound"),
});

const noFacts = shape<Record<string, never>>({});
const limitFact = shape<{ limit: number }>({ limit: number });
const FACTS: { readonly [C in RefusalCode]: Reader<Extract<Refusal, { code: C }>["facts"]> } = {
	MessageMalformed: noFacts,
	NotJoined: noFacts,
	AlreadyJoined: noFacts,
	TooFast: shape<{ seconds: number }>({ seconds: number }),
	NameTooLong: limitFact,
	NameEmpty: noFacts,
	NoSuchMessage: noFacts,
	TextTooLong: limitFact,
	TextEmpty: noFacts,
	RoomNameInvalid: noFacts,
	RoomNameTooLong: limitFact,
	RoomNameReserved: noFacts,
	RoomNameTaken: noFacts,
	RoomNotFree: noFacts,
	NoSuchRoom: noFacts,
	RoomFull: limitFact,
	WayBackInvalid: noFacts,
	KnockFirst: noFacts,
	OtherKeys: noFacts,
	InviteLinkInvalid: noFacts,
	TooManyRooms: limitFact,
	TooManyOffers: limitFact,
	TooManyGrants: limitFact,
	NotAHost: noFacts,
	HostsOnly: noFacts,
	RoomNotOwned: noFacts,
	RoomNotLocked: noFacts,
	RoomHeld: noFacts,
	HostRoleStands: noFacts,
	LastingHostsOnly: noFacts,
	OfferGone: noFacts,
	NotForSupport: noFacts,
	KnockGone: noFacts,
	KnockAnswered: shape<{ by: string }>({ by: text }),
	LobbyFull: limitFact,
	StillInvalid: noFacts,
	NotSignedIn: noFacts,
	NotInMeeting: noFacts,
	NoSuchParticipant: noFacts,
	NotRelayed: noFacts,
	RelayFull: limitFact,
	RelayOfferInvalid: noFacts,
	ImageTooLarge: shape<{ megabytes: number; megapixels: number }>({
		megabytes: number,
		megapixels: number,
	}),
	ImageUnreadable: noFacts,
	ImagesBusy: noFacts,
	FileTooLarge: limitFact,
	FileNameInvalid: noFacts,
	RoomContentFull: shape<{ limit: number; used: number }>({ limit: number, used: number }),
	ServerContentFull: shape<{ limit: number }>({ limit: number }),
	TooManyItems: limitFact,
	TooManyUploads: limitFact,
	NoSuchItem: noFacts,
	ItemDamaged: noFacts,
	NotPresenting: noFacts,
	TooManyOpened: limitFact,
	NoSuchBoard: noFacts,
	NoSuchSnapshot: noFacts,
	TooManyBoards: limitFact,
	BoardFull: limitFact,
	DrawingTooLarge: limitFact,
	DrawingInvalid: noFacts,
	NoSuchUpload: noFacts,
	UploadElsewhere: shape<{ offset: number }>({ offset: number }),
	UploadBusy: noFacts,
	UploadTooLong: noFacts,
	ChecksumWrong: noFacts,
	StorageFull: noFacts,
	StorageFailed: noFacts,
	ServerFault: shape<{ incident: string }>({ incident: text }),
	ServerStopping: noFacts,
};

/** A code that this page does not know reads as a fault of the server: it was refused all the same. */
const refusal: Reader<Refusal> = (value) => {
	const code = text(field(value, "code"));
	if (!Object.hasOwn(FACTS, code)) return { code: "ServerFault", facts: { incident: code } };
	const known = code as RefusalCode;
	return { code: known, facts: FACTS[known](field(value, "facts")) } as Refusal;
};

const EVENTS: { readonly [T in Event["type"]]: Reader<Extract<Event, { type: T }>> } = {
	Welcome: shape({
		type: oneOf("Welcome"),
		ref: number,
		seq: number,
		meeting: text,
		began: number,
		you: text,
		wayBack: text,
		snapshot,
		paths: list(pathChanged),
		contentKey: text,
		mediaPort: number,
		relayedOnly: flag,
		limits,
		now: number,
	}),
	Done: shape({ type: oneOf("Done"), ref: number }),
	Refused: shape({ type: oneOf("Refused"), ref: number, refusal }),
	Ended: shape({
		type: oneOf("Ended"),
		why: oneOf(
			"left",
			"came back elsewhere",
			"too slow",
			"silent",
			"stopping",
			"refused",
			"removed",
			"sent to lobby",
			"ended",
			"deleted",
			"access ended",
		),
		retry: flag,
	}),
	ParticipantJoined: shape({ type: oneOf("ParticipantJoined"), seq: number, participant }),
	ParticipantChanged: shape({ type: oneOf("ParticipantChanged"), seq: number, participant }),
	ParticipantLeft: shape({
		type: oneOf("ParticipantLeft"),
		seq: number,
		participant: text,
		why: oneOf("left", "dropped", "removed", "sent to lobby", "ended", "access ended"),
	}),
	ChatPosted: shape({ type: oneOf("ChatPosted"), seq: number, message }),
	ChatChanged: shape({ type: oneOf("ChatChanged"), seq: number, message }),
	ChatCleared: shape({ type: oneOf("ChatCleared"), seq: number, upTo: number }),
	PrivateChatPosted: shape({ type: oneOf("PrivateChatPosted"), message }),
	PrivateChatChanged: shape({ type: oneOf("PrivateChatChanged"), message }),
	TypingShown: shape({ type: oneOf("TypingShown"), participant: text, private: flag }),
	ChatFound: shape({
		type: oneOf("ChatFound"),
		ref: number,
		messages: list(message),
		before: orNull(number),
	}),
	ChatLoaded: shape({ type: oneOf("ChatLoaded"), ref: number, page: chatPage }),
	UsageLoaded: shape({
		type: oneOf("UsageLoaded"),
		ref: number,
		files: held,
		boards: held,
		chat: held,
		limit: number,
		serverLimit: number,
		mostBoards: number,
	}),
	ContentAdded: shape({ type: oneOf("ContentAdded"), seq: number, item: contentItem }),
	ContentRemoved: shape({ type: oneOf("ContentRemoved"), seq: number, item: text }),
	PresentationChanged: shape({
		type: oneOf("PresentationChanged"),
		seq: number,
		presentation: orNull(presentation),
	}),
	BoardMade: shape({ type: oneOf("BoardMade"), ref: number, board: text }),
	BoardAdded: shape({ type: oneOf("BoardAdded"), seq: number, board }),
	BoardChanged: shape({ type: oneOf("BoardChanged"), seq: number, board }),
	BoardRemoved: shape({ type: oneOf("BoardRemoved"), seq: number, board: text }),
	BoardDrawn: shape({ type: oneOf("BoardDrawn"), board: text, number, update: text }),
	BoardMissed: shape({ type: oneOf("BoardMissed"), board: text }),
	BoardPointed: shape({
		type: oneOf("BoardPointed"),
		board: text,
		participant: text,
		at: orNull(point),
	}),
	SignalReceived: shape<SignalReceived>({
		type: oneOf("SignalReceived"),
		sender: text,
		connection: text,
		description: orNull(description),
		candidate: orNull(candidate),
	}),
	PathChanged: pathChanged,
	RelayAnswered: shape({ type: oneOf("RelayAnswered"), ref: number, connection: text, sdp: text }),
	RelayOffered: shape({
		type: oneOf("RelayOffered"),
		connection: text,
		offer: number,
		sdp: text,
		streams: list(relayedStream),
	}),
	KeysWrapped: shape({
		type: oneOf("KeysWrapped"),
		sender: text,
		epoch: number,
		rosterHash: text,
		wrapped: text,
		signature: text,
	}),
	KeyAcknowledged: shape({
		type: oneOf("KeyAcknowledged"),
		sender: text,
		epoch: number,
		proof: text,
	}),
	KeyAsked: shape({ type: oneOf("KeyAsked"), sender: text }),
	DoorSeen: shape({
		type: oneOf("DoorSeen"),
		ref: number,
		opens: oneOf("join", "knock"),
		hostPresent: flag,
		greeting: text,
		picture: text,
		name: text,
		linkInvalid: flag,
	}),
	KnockSeen: shape<KnockSeen>({
		type: oneOf("KnockSeen"),
		ref: number,
		place: text,
		state: oneOf(
			"waiting",
			"asked to wait",
			"admitted",
			"room full",
			"turned away",
			"lapsed",
			"deleted",
		),
		ahead: number,
		knockedAt: number,
		hostPresent: flag,
		told: flag,
		room: text,
		key: orNull(text),
		now: number,
	}),
	DoorsWatched: shape({
		type: oneOf("DoorsWatched"),
		ref: number,
		knockers: list(knocker),
		now: number,
	}),
	KnocksChanged: shape({
		type: oneOf("KnocksChanged"),
		changed: list(knocker),
		gone: list(knockerGone),
	}),
	AnswerTaken: shape({ type: oneOf("AnswerTaken"), ref: number, room: text, full: flag }),
	StillLoaded: shape({ type: oneOf("StillLoaded"), ref: number, still: text }),
	RoomChanged: shape({ type: oneOf("RoomChanged"), seq: number, room }),
	MicrophoneAsked: shape({ type: oneOf("MicrophoneAsked"), on: flag, by: text }),
};

export function decodeEvent(json: unknown): Decoded {
	try {
		const value: unknown = JSON.parse(text(json));
		const type = text(field(value, "type"));
		if (!Object.hasOwn(EVENTS, type)) return { kind: "unknown" };
		return { kind: "event", event: EVENTS[type as Event["type"]](value) };
	} catch (error) {
		// A RangeError: nested so deeply that JSON.parse gave up.
		if (error instanceof Misfit || error instanceof SyntaxError || error instanceof RangeError) {
			return { kind: "malformed" };
		}
		throw error;
	}
}

/** What an answer over HTTP says was refused; null when it says nothing of the kind. */
export function decodeRefusal(json: string): Refusal | null {
	try {
		return refusal(JSON.parse(json));
	} catch (error) {
		if (error instanceof Misfit || error instanceof SyntaxError || error instanceof RangeError) {
			return null;
		}
		throw error;
	}
}

export function encodeCommand(command: Command): string {
	return JSON.stringify(command);
}
