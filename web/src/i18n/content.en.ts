/** English: what is shared in the room, and what can go wrong with it. */
import type { Refusal } from "../protocol/generated";
import type { RefusalSentences } from "./explain";
import { pluralsOf } from "./plurals";
import { sizesOf } from "./sizes";

const plural = pluralsOf("en");
const size = sizesOf("en");

export type ContentRefusal = Extract<
	Refusal["code"],
	| "NotInMeeting"
	| "FileTooLarge"
	| "FileNameInvalid"
	| "RoomContentFull"
	| "ServerContentFull"
	| "TooManyItems"
	| "TooManyUploads"
	| "NoSuchItem"
	| "ItemDamaged"
	| "NotPresenting"
	| "TooManyOpened"
	| "NoSuchBoard"
	| "NoSuchSnapshot"
	| "TooManyBoards"
	| "BoardFull"
	| "DrawingTooLarge"
	| "DrawingInvalid"
	| "NoSuchUpload"
	| "UploadElsewhere"
	| "UploadBusy"
	| "UploadTooLong"
	| "ChecksumWrong"
>;

export const contentRefusals: Pick<RefusalSentences, ContentRefusal> = {
	NotInMeeting: () => "You are not in the room any more. Join again, then try once more.",
	FileTooLarge: ({ limit }) =>
		`This file is too large: here a file has at most ${size(limit)}. Make it smaller, or share it in parts.`,
	FileNameInvalid: () => "This file has no name that can be shown. Rename it, then share it again.",
	RoomContentFull: ({ limit, used }) =>
		`There is not enough space left in this room: ${size(used)} of ${size(limit)} are taken. Remove a file that nobody needs, then try again.`,
	ServerContentFull: ({ limit }) =>
		`The server has no space left for files: all its rooms together may hold ${size(limit)}. Tell whoever runs it, then try again.`,
	TooManyItems: ({ limit }) =>
		`There are ${limit} files in this room already, and that is the most. Remove one that nobody needs, then try again.`,
	TooManyUploads: ({ limit }) =>
		`From your network ${plural(limit, { one: "one file is", other: `${limit} files are` })} on the way already. Wait until one has arrived.`,
	NoSuchItem: () =>
		"This file is not in the room any more. Ask whoever shared it to share it again.",
	ItemDamaged: () =>
		"This file was damaged on the server's disk. Tell whoever runs the server, and ask for the file to be shared again.",
	NotPresenting: () => "Somebody else presents now. Press Present to show your view to everybody.",
	TooManyOpened: ({ limit }) =>
		`${limit} files are open already, and that is the most. Close one that nobody needs, then try again.`,
	NoSuchBoard: () => "This whiteboard is not in the room any more.",
	NoSuchSnapshot: () => "Newer snapshots took the place of this one. Choose another one.",
	TooManyBoards: ({ limit }) =>
		`There are ${limit} whiteboards in this room already, and that is the most. Remove one that nobody needs, then try again.`,
	BoardFull: ({ limit }) =>
		`This whiteboard is full: it holds ${size(limit)}. Erase what nobody needs, or make another one.`,
	DrawingTooLarge: () => "This is too much to draw at once. Draw it in parts.",
	DrawingInvalid: () =>
		"The server could not add this to the whiteboard. Close it and open it again.",
	NoSuchUpload: () => "The server knows nothing of this file any more. Share it again.",
	UploadElsewhere: () => "The file goes on in another place than this page thought. Try again.",
	UploadBusy: () =>
		"The server is still busy with what arrived of this file. Try again in a moment.",
	UploadTooLong: () => "The file grew while it was sent. Share it again.",
	ChecksumWrong: () => "The file was changed on its way. Share it again.",
};

export const content = {
	region: "Shared content",
	tab: "Content",
	empty: "Nothing is shared yet",
	emptyHow:
		"Share a screen, or a file: choose it, drop it here or paste it. Files stay with the room.",
	emptyListen: "Share a file: choose it, drop it here or paste it. Files stay with the room.",
	screenOf: (name: string) => `Screen of ${name}`,
	yourScreen: "You are sharing your screen",
	stop: "Stop sharing",
	fullScreen: "Full screen",
	waiting: (name: string) => `Waiting for the screen of ${name}…`,
	choose: "Whose screen to see",
	upload: "Upload",
	uploadFiles: "Upload files",
	dropHere: "Drop it to share it with the room",
	noUpload: {
		"presenter mode": "Presenter mode is on: only hosts share files now.",
		"hosts only": "In this room only hosts share files.",
	},
	files: (count: number) => plural(count, { one: "1 file", other: `${count} files` }),
	used: (used: number, limit: number) => `${size(used)} of ${size(limit)}`,
	usedLong: (used: number, limit: number) => `${size(used)} of ${size(limit)} used in this room`,
	size,
	usage: {
		title: "Space in this room",
		files: (used: number, limit: number) => `Files take ${size(used)} of ${size(limit)}.`,
		each: (what: string, bytes: number) => `${what}: ${size(bytes)}`,
		messages: (count: number) =>
			plural(count, { one: "1 chat message", other: `${count} chat messages` }),
		server: (limit: number) =>
			`All rooms of this server together may hold ${size(limit)} of files.`,
		boards: (most: number) =>
			`There may be ${most} whiteboards. What is drawn and said takes none of the space for files.`,
		unknown: "The server did not say how much there is. Try again in a moment.",
	},
	uploading: (name: string) => `Uploading ${name}`,
	progress: (sent: number, length: number) => `${size(sent)} of ${size(length)}`,
	percent: (name: string, percent: number) => `${name}: ${percent} percent uploaded`,
	queued: "Waits for its turn",
	paused: "Paused",
	cutOff: "The connection broke; it goes on by itself",
	finishing: "Almost there",
	unreadable:
		"Your browser cannot read this. Is it a folder, or was the file moved? Choose it again.",
	pause: (name: string) => `Pause ${name}`,
	goOn: (name: string) => `Continue ${name}`,
	cancel: (name: string) => `Cancel ${name}`,
	notShared: (name: string, why: string) => `${name} was not shared. ${why}`,
	notFetched: (name: string, why: string | null) =>
		why ?? `${name} could not be fetched: the server does not answer. Try again in a moment.`,
	shared: (name: string, file: string) => `${name} shared ${file}`,
	inRoom: (file: string) => `${file} is in the room`,
	download: (name: string) => `Download ${name}`,
	remove: (name: string) => `Remove ${name}`,
	open: (name: string) => `Open ${name}`,
	close: (name: string) => `Close ${name} for everybody`,
	openFiles: "Open files",
	presents: (name: string) => `${name} presents`,
	youPresent: "You present: everybody sees what you see",
	presenterGone: "Whoever presented this has left",
	follow: (name: string) => `Follow ${name}`,
	present: "Present",
	aside: "Put aside",
	isOpen: (name: string) => `${name} is open for everybody`,
	show: "Show",
	zoomIn: "Larger",
	zoomOut: "Smaller",
	fit: "As large as fits",
	loading: "Loading…",
	noView: "This kind of file cannot be shown here. Download it to open it.",
	noText: "This text is too long to be shown here. Download it to read it.",
	notLoaded: "This file could not be loaded. Close it and open it again.",
	pdf: {
		pages: "Pages",
		page: "Page",
		of: (pages: number) => `of ${pages}`,
		pageOf: (page: number, name: string) => `Page ${page} of ${name}`,
		before: "Page before",
		after: "Next page",
		drawOn: "Draw on this page",
		tooLarge: "This PDF is too large to be shown here. Download it to read it.",
		again: "Try again",
		trouble: {
			locked: "This PDF is locked with a password. Download it to read it.",
			damaged:
				"This PDF cannot be read here; it may be damaged. Download it to try another program.",
			"too much": "This PDF is too much work for a browser. Download it to read it.",
		},
	},
	removing: "Removed for everybody in a moment",
	keep: "Keep it",
	newBoard: "New whiteboard",
	drawOver: "Draw on it",
	board: "Whiteboard",
	boardName: (number: number) => `Whiteboard ${number}`,
	boards: (count: number) => plural(count, { one: "1 whiteboard", other: `${count} whiteboards` }),
	noBoard: {
		"presenter mode": "Presenter mode is on: only hosts draw now.",
		"hosts only": "In this room only hosts draw.",
	},
};

export type ContentWords = typeof content;
