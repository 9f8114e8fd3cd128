// Written by scripts/generate_protocol from meetd/protocol. Do not edit.

export interface DeviceProof {
	readonly key: string;
	readonly signature: string;
}

export interface MemberKeys {
	readonly leaf: number;
	readonly signKey: string;
	readonly dhKey: string;
	readonly signature: string;
	readonly device?: DeviceProof | null;
}

export interface WrappedKey {
	readonly to: string;
	readonly wrapped: string;
	readonly signature: string;
}

export interface Participant {
	readonly id: string;
	readonly name: string;
	readonly joinedAt: number;
	readonly microphone: boolean;
	readonly camera: boolean;
	readonly screen: boolean;
	readonly hand: number | null;
	readonly away: boolean;
	readonly role: "guest" | "host" | "support";
	readonly reason: string;
	readonly keys?: MemberKeys | null;
}

export interface Reaction {
	readonly emoji: "\ud83d\udc4d" | "\u2764\ufe0f" | "\ud83d\ude02" | "\ud83d\ude2e" | "\ud83d\ude22" | "\ud83c\udf89";
	readonly by: readonly string[];
}

export interface Addressee {
	readonly id: string;
	readonly name: string;
}

export interface Mention {
	readonly item: string;
	readonly name: string;
}

export interface Message {
	readonly number: number;
	readonly at: number;
	readonly author: string;
	readonly name: string;
	readonly text: string;
	readonly clientId: string;
	readonly replyTo?: number | null;
	readonly editedAt?: number | null;
	readonly deleted?: boolean;
	readonly reactions?: readonly Reaction[];
	readonly to?: Addressee | null;
	readonly mentions?: readonly Mention[];
}

export interface ChatPage {
	readonly messages: readonly Message[];
	readonly earlier: boolean;
}

export interface ContentItem {
	readonly id: string;
	readonly name: string;
	readonly mediaType: string;
	readonly length: number;
	readonly author: string;
	readonly authorName: string;
	readonly addedAt: number;
}

export interface View {
	readonly page: number;
	readonly zoom: number;
	readonly x: number;
	readonly y: number;
	readonly at: number;
	readonly playing: boolean;
}

export interface OpenedItem {
	readonly item: string;
	readonly view: View;
}

export interface Presentation {
	readonly presenter: string;
	readonly shown: string;
	readonly opened: readonly OpenedItem[];
}

export interface Held {
	readonly count: number;
	readonly bytes: number;
}

export interface Board {
	readonly id: string;
	readonly name: string;
	readonly author: string;
	readonly authorName: string;
	readonly addedAt: number;
}

export interface Point {
	readonly x: number;
	readonly y: number;
}

export interface Description {
	readonly type: "offer" | "answer";
	readonly sdp: string;
}

export interface Candidate {
	readonly candidate: string;
	readonly sdpMid?: string | null;
	readonly sdpMLineIndex?: number | null;
	readonly usernameFragment?: string | null;
}

export interface RelayedStream {
	readonly mid: string;
	readonly participant: string;
	readonly slot: "microphone" | "camera" | "screen" | "screenSound";
}

export interface Tile {
	readonly participant: string;
	readonly slot: "camera" | "screen";
	readonly width: number;
	readonly height: number;
	readonly first?: boolean;
}

export interface Knocker {
	readonly id: string;
	readonly kind: "room" | "reception";
	readonly door: string;
	readonly name: string;
	readonly message: string;
	readonly hasStill: boolean;
	readonly knockedAt: number;
	readonly signedIn: boolean;
	readonly known: "account" | "email" | "link" | null;
	readonly invited: string;
	readonly askedToWait: boolean;
	readonly away: boolean;
	readonly mayAlways: boolean;
	readonly signKey?: string | null;
}

export interface KnockerGone {
	readonly id: string;
	readonly why: "admitted" | "turned away" | "stopped" | "lapsed";
	readonly by: string;
}

export interface Room {
	readonly name: string;
	readonly owned: boolean;
	readonly locked: boolean;
	readonly presenterMode: boolean;
	readonly share: "everybody" | "hosts";
	readonly chat: "everybody" | "hosts";
	readonly draw: "everybody" | "hosts";
}

export interface Snapshot {
	readonly room: Room;
	readonly participants: readonly Participant[];
	readonly chat: ChatPage;
	readonly content: readonly ContentItem[];
	readonly boards: readonly Board[];
	readonly presentation: Presentation | null;
}

export interface Limits {
	readonly name: number;
	readonly chatText: number;
	readonly file: number;
	readonly content: number;
	readonly participants: number;
}

export interface Join {
	readonly type: "Join";
	readonly ref?: number;
	readonly room: string;
	readonly name: string;
	readonly wayBack?: string | null;
	readonly place?: string | null;
	readonly signKey?: string | null;
	readonly key?: string | null;
	readonly microphone: boolean;
	readonly camera: boolean;
	readonly screen: boolean;
}

export interface Leave {
	readonly type: "Leave";
	readonly ref?: number;
}

export interface Ping {
	readonly type: "Ping";
	readonly ref?: number;
}

export interface ChangeMedia {
	readonly type: "ChangeMedia";
	readonly ref?: number;
	readonly microphone: boolean;
	readonly camera: boolean;
	readonly screen: boolean;
}

export interface RaiseHand {
	readonly type: "RaiseHand";
	readonly ref?: number;
	readonly raised: boolean;
}

export interface Rename {
	readonly type: "Rename";
	readonly ref?: number;
	readonly name: string;
}

export interface SendChat {
	readonly type: "SendChat";
	readonly ref?: number;
	readonly clientId: string;
	readonly text: string;
	readonly replyTo?: number | null;
	readonly to?: string | null;
	readonly mentions?: readonly string[];
}

export interface LoadChat {
	readonly type: "LoadChat";
	readonly ref?: number;
	readonly before: number;
}

export interface SearchChat {
	readonly type: "SearchChat";
	readonly ref?: number;
	readonly text: string;
	readonly before?: number | null;
}

export interface EditChat {
	readonly type: "EditChat";
	readonly ref?: number;
	readonly number: number;
	readonly text: string;
}

export interface DeleteChat {
	readonly type: "DeleteChat";
	readonly ref?: number;
	readonly number: number;
}

export interface ReactToChat {
	readonly type: "ReactToChat";
	readonly ref?: number;
	readonly number: number;
	readonly emoji: "\ud83d\udc4d" | "\u2764\ufe0f" | "\ud83d\ude02" | "\ud83d\ude2e" | "\ud83d\ude22" | "\ud83c\udf89";
	readonly on: boolean;
}

export interface ShowTyping {
	readonly type: "ShowTyping";
	readonly ref?: number;
	readonly to?: string | null;
}

export interface RemoveContent {
	readonly type: "RemoveContent";
	readonly ref?: number;
	readonly item: string;
}

export interface PresentContent {
	readonly type: "PresentContent";
	readonly ref?: number;
	readonly item: string;
}

export interface MoveView {
	readonly type: "MoveView";
	readonly ref?: number;
	readonly item: string;
	readonly view: View;
}

export interface CloseContent {
	readonly type: "CloseContent";
	readonly ref?: number;
	readonly item: string;
}

export interface LoadUsage {
	readonly type: "LoadUsage";
	readonly ref?: number;
}

export interface AddBoard {
	readonly type: "AddBoard";
	readonly ref?: number;
	readonly name: string;
}

export interface RenameBoard {
	readonly type: "RenameBoard";
	readonly ref?: number;
	readonly board: string;
	readonly name: string;
}

export interface KeepSnapshot {
	readonly type: "KeepSnapshot";
	readonly ref?: number;
	readonly board: string;
}

export interface RemoveBoard {
	readonly type: "RemoveBoard";
	readonly ref?: number;
	readonly board: string;
}

export interface WatchBoard {
	readonly type: "WatchBoard";
	readonly ref?: number;
	readonly board: string;
}

export interface UnwatchBoard {
	readonly type: "UnwatchBoard";
	readonly ref?: number;
	readonly board: string;
}

export interface Draw {
	readonly type: "Draw";
	readonly ref?: number;
	readonly board: string;
	readonly update: string;
}

export interface PointOnBoard {
	readonly type: "PointOnBoard";
	readonly ref?: number;
	readonly board: string;
	readonly at: Point | null;
}

export interface Signal {
	readonly type: "Signal";
	readonly ref?: number;
	readonly to: string;
	readonly connection: string;
	readonly description?: Description | null;
	readonly candidate?: Candidate | null;
}

export interface ReportPath {
	readonly type: "ReportPath";
	readonly ref?: number;
	readonly participant: string;
	readonly path?: "direct" | "relayed";
	readonly state: "connecting" | "connected" | "degraded" | "failed";
}

export interface RelayPublish {
	readonly type: "RelayPublish";
	readonly ref?: number;
	readonly connection: string;
	readonly sdp: string;
}

export interface RelayAccept {
	readonly type: "RelayAccept";
	readonly ref?: number;
	readonly connection: string;
	readonly offer: number;
	readonly sdp: string;
}

export interface RelayReconnect {
	readonly type: "RelayReconnect";
	readonly ref?: number;
	readonly anew?: boolean;
}

export interface ShowTiles {
	readonly type: "ShowTiles";
	readonly ref?: number;
	readonly tiles: readonly Tile[];
}

export interface PresentKeys {
	readonly type: "PresentKeys";
	readonly ref?: number;
	readonly signKey: string;
	readonly dhKey: string;
	readonly signature: string;
	readonly device?: DeviceProof | null;
}

export interface WrapKeys {
	readonly type: "WrapKeys";
	readonly ref?: number;
	readonly epoch: number;
	readonly rosterHash: string;
	readonly keys: readonly WrappedKey[];
}

export interface AcknowledgeKey {
	readonly type: "AcknowledgeKey";
	readonly ref?: number;
	readonly to: string;
	readonly epoch: number;
	readonly proof: string;
}

export interface KeyPlease {
	readonly type: "KeyPlease";
	readonly ref?: number;
	readonly to: string;
}

export interface Look {
	readonly type: "Look";
	readonly ref?: number;
	readonly kind?: "room" | "reception";
	readonly name: string;
	readonly key?: string | null;
	readonly wayBack?: string | null;
	readonly place?: string | null;
}

export interface Knock {
	readonly type: "Knock";
	readonly ref?: number;
	readonly place?: string | null;
	readonly name: string;
	readonly message?: string;
	readonly still?: string | null;
	readonly signKey?: string | null;
}

export interface StopKnocking {
	readonly type: "StopKnocking";
	readonly ref?: number;
}

export interface Watch {
	readonly type: "Watch";
	readonly ref?: number;
}

export interface AnswerKnock {
	readonly type: "AnswerKnock";
	readonly ref?: number;
	readonly knock: string;
	readonly answer: "admit once" | "admit for meeting" | "always admit" | "ask to wait" | "turn away";
	readonly room?: string | null;
}

export interface AdmitAll {
	readonly type: "AdmitAll";
	readonly ref?: number;
	readonly door: string;
}

export interface LoadStill {
	readonly type: "LoadStill";
	readonly ref?: number;
	readonly knock: string;
}

export interface LockRoom {
	readonly type: "LockRoom";
	readonly ref?: number;
	readonly locked: boolean;
}

export interface ChangePresenterMode {
	readonly type: "ChangePresenterMode";
	readonly ref?: number;
	readonly on: boolean;
}

export interface Mute {
	readonly type: "Mute";
	readonly ref?: number;
	readonly participant: string | null;
}

export interface AskToUnmute {
	readonly type: "AskToUnmute";
	readonly ref?: number;
	readonly participant: string;
}

export interface Remove {
	readonly type: "Remove";
	readonly ref?: number;
	readonly participant: string;
}

export interface SendToLobby {
	readonly type: "SendToLobby";
	readonly ref?: number;
	readonly participant: string;
}

export interface MakeHost {
	readonly type: "MakeHost";
	readonly ref?: number;
	readonly participant: string;
	readonly host: boolean;
}

export interface ClearRoom {
	readonly type: "ClearRoom";
	readonly ref?: number;
	readonly files: boolean;
	readonly boards: boolean;
	readonly chat: boolean;
}

export interface EndMeeting {
	readonly type: "EndMeeting";
	readonly ref?: number;
	readonly stay: boolean;
}

export interface Welcome {
	readonly type: "Welcome";
	readonly ref: number;
	readonly seq: number;
	readonly meeting: string;
	readonly began: number;
	readonly you: string;
	readonly wayBack: string;
	readonly snapshot: Snapshot;
	readonly paths: readonly PathChanged[];
	readonly contentKey: string;
	readonly mediaPort: number;
	readonly relayedOnly: boolean;
	readonly limits: Limits;
	readonly now: number;
}

export interface Done {
	readonly type: "Done";
	readonly ref: number;
}

export interface Refused {
	readonly type: "Refused";
	readonly ref: number;
	readonly refusal: Refusal;
}

export interface Ended {
	readonly type: "Ended";
	readonly why: "left" | "came back elsewhere" | "too slow" | "silent" | "stopping" | "refused" | "removed" | "sent to lobby" | "ended" | "deleted" | "access ended";
	readonly retry: boolean;
}

export interface ParticipantJoined {
	readonly type: "ParticipantJoined";
	readonly seq: number;
	readonly participant: Participant;
}

export interface ParticipantChanged {
	readonly type: "ParticipantChanged";
	readonly seq: number;
	readonly participant: Participant;
}

export interface ParticipantLeft {
	readonly type: "ParticipantLeft";
	readonly seq: number;
	readonly participant: string;
	readonly why: "left" | "dropped" | "removed" | "sent to lobby" | "ended" | "access ended";
}

export interface ChatPosted {
	readonly type: "ChatPosted";
	readonly seq: number;
	readonly message: Message;
}

export interface ChatChanged {
	readonly type: "ChatChanged";
	readonly seq: number;
	readonly message: Message;
}

export interface ChatCleared {
	readonly type: "ChatCleared";
	readonly seq: number;
	readonly upTo: number;
}

export interface PrivateChatPosted {
	readonly type: "PrivateChatPosted";
	readonly message: Message;
}

export interface PrivateChatChanged {
	readonly type: "PrivateChatChanged";
	readonly message: Message;
}

export interface TypingShown {
	readonly type: "TypingShown";
	readonly participant: string;
	readonly private: boolean;
}

export interface ChatLoaded {
	readonly type: "ChatLoaded";
	readonly ref: number;
	readonly page: ChatPage;
}

export interface UsageLoaded {
	readonly type: "UsageLoaded";
	readonly ref: number;
	readonly files: Held;
	readonly boards: Held;
	readonly chat: Held;
	readonly limit: number;
	readonly serverLimit: number;
	readonly mostBoards: number;
}

export interface ChatFound {
	readonly type: "ChatFound";
	readonly ref: number;
	readonly messages: readonly Message[];
	readonly before: number | null;
}

export interface ContentAdded {
	readonly type: "ContentAdded";
	readonly seq: number;
	readonly item: ContentItem;
}

export interface ContentRemoved {
	readonly type: "ContentRemoved";
	readonly seq: number;
	readonly item: string;
}

export interface PresentationChanged {
	readonly type: "PresentationChanged";
	readonly seq: number;
	readonly presentation: Presentation | null;
}

export interface BoardMade {
	readonly type: "BoardMade";
	readonly ref: number;
	readonly board: string;
}

export interface BoardAdded {
	readonly type: "BoardAdded";
	readonly seq: number;
	readonly board: Board;
}

export interface BoardChanged {
	readonly type: "BoardChanged";
	readonly seq: number;
	readonly board: Board;
}

export interface BoardRemoved {
	readonly type: "BoardRemoved";
	readonly seq: number;
	readonly board: string;
}

export interface BoardDrawn {
	readonly type: "BoardDrawn";
	readonly board: string;
	readonly number: number;
	readonly update: string;
}

export interface BoardMissed {
	readonly type: "BoardMissed";
	readonly board: string;
}

export interface BoardPointed {
	readonly type: "BoardPointed";
	readonly board: string;
	readonly participant: string;
	readonly at: Point | null;
}

export interface SignalReceived {
	readonly type: "SignalReceived";
	readonly sender: string;
	readonly connection: string;
	readonly description?: Description | null;
	readonly candidate?: Candidate | null;
}

export interface PathChanged {
	readonly type: "PathChanged";
	readonly participant: string;
	readonly path: "direct" | "relayed";
	readonly state: "connecting" | "connected" | "failed";
	readonly why?: "" | "failed" | "degraded" | "crowd" | "setting" | "full";
}

export interface RelayAnswered {
	readonly type: "RelayAnswered";
	readonly ref: number;
	readonly connection: string;
	readonly sdp: string;
}

export interface RelayOffered {
	readonly type: "RelayOffered";
	readonly connection: string;
	readonly offer: number;
	readonly sdp: string;
	readonly streams: readonly RelayedStream[];
}

export interface KeysWrapped {
	readonly type: "KeysWrapped";
	readonly sender: string;
	readonly epoch: number;
	readonly rosterHash: string;
	readonly wrapped: string;
	readonly signature: string;
}

export interface KeyAcknowledged {
	readonly type: "KeyAcknowledged";
	readonly sender: string;
	readonly epoch: number;
	readonly proof: string;
}

export interface KeyAsked {
	readonly type: "KeyAsked";
	readonly sender: string;
}

export interface DoorSeen {
	readonly type: "DoorSeen";
	readonly ref: number;
	readonly opens: "join" | "knock";
	readonly hostPresent: boolean;
	readonly greeting: string;
	readonly picture: string;
	readonly name: string;
	readonly linkInvalid: boolean;
}

export interface KnockSeen {
	readonly type: "KnockSeen";
	readonly ref: number;
	readonly place: string;
	readonly state: "waiting" | "asked to wait" | "admitted" | "room full" | "turned away" | "lapsed" | "deleted";
	readonly ahead: number;
	readonly knockedAt: number;
	readonly hostPresent: boolean;
	readonly told: boolean;
	readonly room: string;
	readonly key?: string | null;
	readonly now: number;
}

export interface DoorsWatched {
	readonly type: "DoorsWatched";
	readonly ref: number;
	readonly knockers: readonly Knocker[];
	readonly now: number;
}

export interface KnocksChanged {
	readonly type: "KnocksChanged";
	readonly changed: readonly Knocker[];
	readonly gone: readonly KnockerGone[];
}

export interface AnswerTaken {
	readonly type: "AnswerTaken";
	readonly ref: number;
	readonly room: string;
	readonly full: boolean;
}

export interface StillLoaded {
	readonly type: "StillLoaded";
	readonly ref: number;
	readonly still: string;
}

export interface RoomChanged {
	readonly type: "RoomChanged";
	readonly seq: number;
	readonly room: Room;
}

export interface MicrophoneAsked {
	readonly type: "MicrophoneAsked";
	readonly on: boolean;
	readonly by: string;
}

export type Command =
	| Join
	| Leave
	| Ping
	| ChangeMedia
	| RaiseHand
	| Rename
	| SendChat
	| LoadChat
	| SearchChat
	| EditChat
	| DeleteChat
	| ReactToChat
	| ShowTyping
	| RemoveContent
	| PresentContent
	| MoveView
	| CloseContent
	| LoadUsage
	| AddBoard
	| RenameBoard
	| KeepSnapshot
	| RemoveBoard
	| WatchBoard
	| UnwatchBoard
	| Draw
	| PointOnBoard
	| Signal
	| ReportPath
	| RelayPublish
	| RelayAccept
	| RelayReconnect
	| ShowTiles
	| PresentKeys
	| WrapKeys
	| AcknowledgeKey
	| KeyPlease
	| Look
	| Knock
	| StopKnocking
	| Watch
	| AnswerKnock
	| AdmitAll
	| LoadStill
	| LockRoom
	| ChangePresenterMode
	| Mute
	| AskToUnmute
	| Remove
	| SendToLobby
	| MakeHost
	| ClearRoom
	| EndMeeting;

export type Event =
	| Welcome
	| Done
	| Refused
	| Ended
	| ParticipantJoined
	| ParticipantChanged
	| ParticipantLeft
	| ChatPosted
	| ChatChanged
	| ChatCleared
	| PrivateChatPosted
	| PrivateChatChanged
	| TypingShown
	| ChatLoaded
	| UsageLoaded
	| ChatFound
	| ContentAdded
	| ContentRemoved
	| PresentationChanged
	| BoardMade
	| BoardAdded
	| BoardChanged
	| BoardRemoved
	| BoardDrawn
	| BoardMissed
	| BoardPointed
	| SignalReceived
	| PathChanged
	| RelayAnswered
	| RelayOffered
	| KeysWrapped
	| KeyAcknowledged
	| KeyAsked
	| DoorSeen
	| KnockSeen
	| DoorsWatched
	| KnocksChanged
	| AnswerTaken
	| StillLoaded
	| RoomChanged
	| MicrophoneAsked;

export type MeetingEvent =
	| ParticipantJoined
	| ParticipantChanged
	| ParticipantLeft
	| ChatPosted
	| ChatChanged
	| ChatCleared
	| ContentAdded
	| ContentRemoved
	| PresentationChanged
	| BoardAdded
	| BoardChanged
	| BoardRemoved
	| RoomChanged;

export type Refusal =
	| { readonly code: "MessageMalformed"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NotJoined"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "AlreadyJoined"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TooFast"; readonly facts: { readonly seconds: number } }
	| { readonly code: "NameTooLong"; readonly facts: { readonly limit: number } }
	| { readonly code: "NameEmpty"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TextTooLong"; readonly facts: { readonly limit: number } }
	| { readonly code: "NoSuchMessage"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TextEmpty"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomNameInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomNameTooLong"; readonly facts: { readonly limit: number } }
	| { readonly code: "RoomNameReserved"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomNameTaken"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomNotFree"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TooManyRooms"; readonly facts: { readonly limit: number } }
	| { readonly code: "TooManyOffers"; readonly facts: { readonly limit: number } }
	| { readonly code: "NoSuchRoom"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomFull"; readonly facts: { readonly limit: number } }
	| { readonly code: "WayBackInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "KnockFirst"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "OtherKeys"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "InviteLinkInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TooManyGrants"; readonly facts: { readonly limit: number } }
	| { readonly code: "NotAHost"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "HostsOnly"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomNotOwned"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomNotLocked"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomHeld"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "HostRoleStands"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "LastingHostsOnly"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "OfferGone"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NotForSupport"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "KnockGone"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "KnockAnswered"; readonly facts: { readonly by: string } }
	| { readonly code: "LobbyFull"; readonly facts: { readonly limit: number } }
	| { readonly code: "StillInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NotSignedIn"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NotInMeeting"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NoSuchParticipant"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NotRelayed"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RelayFull"; readonly facts: { readonly limit: number } }
	| { readonly code: "RelayOfferInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "ImageTooLarge"; readonly facts: { readonly megabytes: number; readonly megapixels: number } }
	| { readonly code: "ImageUnreadable"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "ImagesBusy"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "FileTooLarge"; readonly facts: { readonly limit: number } }
	| { readonly code: "FileNameInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomContentFull"; readonly facts: { readonly limit: number; readonly used: number } }
	| { readonly code: "ServerContentFull"; readonly facts: { readonly limit: number } }
	| { readonly code: "TooManyItems"; readonly facts: { readonly limit: number } }
	| { readonly code: "TooManyUploads"; readonly facts: { readonly limit: number } }
	| { readonly code: "NoSuchItem"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "ItemDamaged"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NotPresenting"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TooManyOpened"; readonly facts: { readonly limit: number } }
	| { readonly code: "NoSuchBoard"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NoSuchSnapshot"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TooManyBoards"; readonly facts: { readonly limit: number } }
	| { readonly code: "BoardFull"; readonly facts: { readonly limit: number } }
	| { readonly code: "DrawingTooLarge"; readonly facts: { readonly limit: number } }
	| { readonly code: "DrawingInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NoSuchUpload"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "UploadElsewhere"; readonly facts: { readonly offset: number } }
	| { readonly code: "UploadBusy"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "UploadTooLong"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "ChecksumWrong"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "StorageFull"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "StorageFailed"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "ServerFault"; readonly facts: { readonly incident: string } }
	| { readonly code: "ServerStopping"; readonly facts: Readonly<Record<string, never>> };

export type RefusalCode = Refusal["code"];

export const EVENT_TYPES = [
	"Welcome",
	"Done",
	"Refused",
	"Ended",
	"ParticipantJoined",
	"ParticipantChanged",
	"ParticipantLeft",
	"ChatPosted",
	"ChatChanged",
	"ChatCleared",
	"PrivateChatPosted",
	"PrivateChatChanged",
	"TypingShown",
	"ChatLoaded",
	"UsageLoaded",
	"ChatFound",
	"ContentAdded",
	"ContentRemoved",
	"PresentationChanged",
	"BoardMade",
	"BoardAdded",
	"BoardChanged",
	"BoardRemoved",
	"BoardDrawn",
	"BoardMissed",
	"BoardPointed",
	"SignalReceived",
	"PathChanged",
	"RelayAnswered",
	"RelayOffered",
	"KeysWrapped",
	"KeyAcknowledged",
	"KeyAsked",
	"DoorSeen",
	"KnockSeen",
	"DoorsWatched",
	"KnocksChanged",
	"AnswerTaken",
	"StillLoaded",
	"RoomChanged",
	"MicrophoneAsked",
] as const;
