/**
 * What a person can do on the room page, and all a view gets to see. Views take a `RoomPage`; they
 * never see a socket, a peer connection or fetch.
 */
import type { ReadonlySignal } from "@preact/signals";
import type {
	Addressee,
	AskToUnmute,
	ChangePresenterMode,
	ChatFound,
	ClearRoom,
	ContentItem,
	DeleteChat,
	EditChat,
	EndMeeting,
	LockRoom,
	MakeHost,
	Mention,
	Mute,
	ReactToChat,
	Refusal,
	Remove,
	SendToLobby,
	UsageLoaded,
	View,
} from "../protocol/generated";
import type { Encryption } from "../state/encryption";
import type { DeviceKind, OwnMedia, PictureSize, RemoteMedia } from "../state/media";
import type { Stage } from "../state/model";
import type { Note, Notes } from "../state/notes";
import type { Upload } from "../state/uploads";
import type { BoardLink, BoardListener, Snapshots } from "./boards";
import type { Writer } from "./typing";

/** What only hosts do. */
export type HostCommand =
	| LockRoom
	| ChangePresenterMode
	| Mute
	| AskToUnmute
	| Remove
	| SendToLobby
	| MakeHost
	| ClearRoom
	| EndMeeting;

export interface Preferences {
	/** Name used last, offered in the hall. */
	readonly name: string;
	readonly theme: "system" | "light" | "dark";
	readonly language: "en" | "nl";
	readonly layout: "grid" | "speaker";
	readonly mirror: boolean;
	/** Ticks when people join and leave. */
	readonly sounds: boolean;
	/** Panels that are open, on a wide screen. */
	readonly panels: { readonly people: boolean; readonly content: boolean; readonly chat: boolean };
	/** Width of the chat panel in pixels. */
	readonly chatWidth: number;
	/** Whoever meets this person again is told that it is the same device. */
	readonly knownByDevice: boolean;
	/** Single-key shortcuts; on where nothing was chosen. */
	readonly shortcuts?: boolean;
}

/** Pages of the server that somebody who is signed in may go to from here; empty: none for them. */
export interface WaysOn {
	/** Where a room of nobody becomes one's own. */
	readonly claim: string;
	readonly settings: string;
	readonly reset: string;
	readonly delete: string;
	/** What an owner has not read yet of support entries into their rooms. */
	readonly support: string;
}

/** Whether picture and sound go through the server, as its setting says. */
export type RelayRule = "when needed" | "always" | "never";

/** Everything that can change while the page is open. */
export interface PageState {
	/** Name of the room in the address; it may be renamed. */
	readonly roomName: string;
	readonly stage: ReadonlySignal<Stage>;
	readonly own: ReadonlySignal<OwnMedia>;
	/** By participant id. */
	readonly remote: ReadonlySignal<Readonly<Record<string, RemoteMedia>>>;
	/** Why nobody gets what this page sends through the server; null: they do. */
	readonly unsent: ReadonlySignal<Refusal | null>;
	/**
	 * Microphone levels, 0..1, about ten times a second: by participant id, one's own under "own" (in
	 * the hall as well). Apart from the rest, so that a level redraws nothing but a meter.
	 */
	readonly levels: ReadonlySignal<Readonly<Record<string, number>>>;
	/** Participant id of who speaks, or spoke last; null before anybody did. */
	readonly activeSpeaker: ReadonlySignal<string | null>;
	readonly preferences: ReadonlySignal<Preferences>;
	/** Whose door this is. */
	readonly kind: "room" | "reception";
	readonly waysOn: WaysOn;
	/** Of the page with what is kept about this person; null while there can be nothing. */
	readonly dataPath: string | null;
	readonly relay: RelayRule;
	/** What was written for the host, here or before the page was reloaded. */
	readonly knockWords: ReadonlySignal<KnockWords>;
	/** What hosts did to oneself, and what was refused. */
	readonly notes: ReadonlySignal<Notes>;
	/** Files of one's own on their way into the room, in the order in which they were chosen. */
	readonly uploads: ReadonlySignal<readonly Upload[]>;
	/** Ids of items that go in a moment, unless they are kept after all. */
	readonly removing: ReadonlySignal<ReadonlySet<string>>;
	/** Number of people who wait at doors that are one's own to answer. */
	readonly atDoor: ReadonlySignal<number>;
	readonly encryption: ReadonlySignal<Encryption>;
	/** Who is writing, to everybody or to oneself. */
	readonly writers: ReadonlySignal<readonly Writer[]>;
	/** Whether that participant is oneself, or was before, as far as this browser knows. */
	readonly isYou: (participant: string) => boolean;
	/** Somebody is signed in on a server that lets browsers vouch for accounts. */
	readonly hasDeviceKey: boolean;
	/** What this page knocks and comes in with; null where it cannot encrypt. */
	readonly signKey: string | null;
}

/** What is said, beside its words. */
export interface Saying {
	/** Number of the message that it answers. */
	readonly replyTo?: number | null;
	/** To that one alone; null: to everybody. */
	readonly to?: Addressee | null;
	readonly mentions?: readonly Mention[];
}

/** What goes along with a knock, beside the name. */
export interface KnockWords {
	readonly message: string;
	/** A JPEG, base64. */
	readonly still: string | null;
}

export interface Actions {
	/** In the hall: ask for devices to show a preview. Never throws: troubles are in `own`. */
	openDevices(): Promise<void>;
	join(name: string): void;
	/** Ask to be let in, or change what the knock says. */
	knock(name: string, words: KnockWords): void;
	/** Give the place in the lobby up. */
	stopKnocking(): void;
	/** A JPEG of what the camera sees now, base64; null when it cannot be had. Nothing is sent. */
	takeStill(): Promise<string | null>;
	leave(): void;
	/** From the stages "left" and "lobby" back to the hall. */
	returnToHall(): void;
	setMicrophone(on: boolean): void;
	setCamera(on: boolean): void;
	/** Opens the browser's own chooser when turned on. */
	setScreen(on: boolean): void;
	chooseDevice(kind: DeviceKind, id: string): void;
	setNoiseSuppression(on: boolean): void;
	raiseHand(raised: boolean): void;
	/** The name is kept once the server agreed; otherwise a note says why not. */
	rename(name: string): void;
	/** True once the server did it; otherwise a note says why not. */
	asHost(command: HostCommand): Promise<boolean>;
	dismissNote(note: Note): void;
	/** Returns at once; the message is in `chat.pending` until the server has it. */
	say(text: string, saying?: Saying): void;
	/** Something is being written: to that participant, or to everybody. */
	showTyping(to: string | null): void;
	/** Everything that one may read of the chat, as a file; a note says so when it cannot be had. */
	saveChat(form: "text" | "json"): Promise<void>;
	/** Messages with that text, newest first; null when the server does not answer or refuses. */
	searchChat(text: string, before: number | null): Promise<ChatFound | null>;
	/** Says one's own message differently, takes it back, or marks one. True once done; else a note says why. */
	changeMessage(command: EditChat | DeleteChat | ReactToChat): Promise<boolean>;
	/** Send a refused message again. */
	sayAgain(clientId: string): void;
	throwAway(clientId: string): void;
	loadEarlier(): void;
	/** The message with this number was on screen. */
	markRead(number: number): void;
	/** Send files into the room. Returns at once; each is in `uploads` until it is there. */
	upload(files: readonly File[]): void;
	pauseUpload(id: string): void;
	/** After a pause, or once more after it was refused. */
	goOnWithUpload(id: string): void;
	/** What arrived of it goes too. */
	cancelUpload(id: string): void;
	/** The browser's own download; a note says so when the file cannot be had. */
	download(item: ContentItem): Promise<void>;
	/** The words of a file; null when they cannot be had, "too long" beyond what a page shows. */
	readText(item: ContentItem): Promise<string | "too long" | null>;
	/** All of a file; null when it cannot be had. */
	readFile(id: string): Promise<Blob | null>;
	/** Where a picture, sound or film is fetched. */
	addressOf(id: string): string;
	/** How much there is in the room; null when the server does not answer or refuses. */
	loadUsage(): Promise<UsageLoaded | null>;
	/** Show an item to everybody. */
	present(id: string): void;
	/** Look at another place of what one presents. */
	moveView(id: string, view: View): void;
	/** Put an item back, for everybody. */
	closeItem(id: string): void;
	/** A new whiteboard, open for everybody. */
	makeBoard(name: string): void;
	/**
	 * A new whiteboard with a picture on it: of a file, or of a page of one. A note says so when the picture
	 * cannot be had, or the board not made.
	 */
	drawOver(name: string, read: () => Promise<Blob | null>): Promise<void>;
	/** True once everybody sees the new name; otherwise a note says why not. */
	renameBoard(id: string, name: string): Promise<boolean>;
	snapshotsOf(id: string): Snapshots;
	/** Until the link is closed. */
	openBoard(id: string, listener: BoardListener): BoardLink;
	/** For everybody, after a moment in which it can be kept after all. */
	removeItem(id: string): void;
	keepItem(id: string): void;
	/** The browser waited for a click before it let the page hear anything: call from one. */
	allowSound(): void;
	/** Start the connection to a participant anew. */
	retryPath(participant: string): void;
	/** How large a picture is on the screen, in device pixels; null: it is not. */
	showPicture(participant: string, slot: "camera" | "screen", size: PictureSize | null): void;
	/** Whether it is the one that the person wants to see above all others. */
	choosePicture(participant: string, slot: "camera" | "screen", chosen: boolean): void;
	/** The person compared the safety code, as it was shown to them; nothing when it is another by now. */
	markCompared(code: string): void;
	prefer(change: Partial<Preferences>): void;
	/** Where the card of the door belongs now; null: above the page. */
	placeDoor(slot: HTMLElement | null): void;
	/** Open the card of the door, if somebody is there. */
	showDoor(): void;
}

export interface RoomPage {
	readonly state: PageState;
	readonly actions: Actions;
}
