// Written by scripts/generate_protocol from meetd/protocol. Do not edit.

export interface Participant {
	readonly id: string;
	readonly name: string;
	readonly joinedAt: number;
	readonly microphone: boolean;
	readonly camera: boolean;
	readonly screen: boolean;
	readonly hand: number | null;
	readonly away: boolean;
}

export interface Message {
	readonly number: number;
	readonly at: number;
	readonly author: string;
	readonly name: string;
	readonly text: string;
	readonly clientId: string;
}

export interface ChatPage {
	readonly messages: readonly Message[];
	readonly earlier: boolean;
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

export interface Room {
	readonly name: string;
}

export interface Snapshot {
	readonly room: Room;
	readonly participants: readonly Participant[];
	readonly chat: ChatPage;
}

export interface Limits {
	readonly name: number;
	readonly chatText: number;
	readonly participants: number;
}

export interface Join {
	readonly type: "Join";
	readonly ref?: number;
	readonly room: string;
	readonly name: string;
	readonly wayBack?: string | null;
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
}

export interface LoadChat {
	readonly type: "LoadChat";
	readonly ref?: number;
	readonly before: number;
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
	readonly state: "connecting" | "connected" | "failed";
}

export interface Welcome {
	readonly type: "Welcome";
	readonly ref: number;
	readonly seq: number;
	readonly meeting: string;
	readonly you: string;
	readonly wayBack: string;
	readonly snapshot: Snapshot;
	readonly paths: readonly PathChanged[];
	readonly mediaPort: number;
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
	readonly why: "left" | "came back elsewhere" | "too slow" | "silent" | "stopping" | "refused";
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
	readonly why: "left" | "dropped";
}

export interface ChatPosted {
	readonly type: "ChatPosted";
	readonly seq: number;
	readonly message: Message;
}

export interface ChatLoaded {
	readonly type: "ChatLoaded";
	readonly ref: number;
	readonly page: ChatPage;
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
	readonly path: "direct";
	readonly state: "connecting" | "connected" | "failed";
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
	| Signal
	| ReportPath;

export type Event =
	| Welcome
	| Done
	| Refused
	| Ended
	| ParticipantJoined
	| ParticipantChanged
	| ParticipantLeft
	| ChatPosted
	| ChatLoaded
	| SignalReceived
	| PathChanged;

export type MeetingEvent =
	| ParticipantJoined
	| ParticipantChanged
	| ParticipantLeft
	| ChatPosted;

export type Refusal =
	| { readonly code: "MessageMalformed"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NotJoined"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "AlreadyJoined"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TooFast"; readonly facts: { readonly seconds: number } }
	| { readonly code: "NameTooLong"; readonly facts: { readonly limit: number } }
	| { readonly code: "NameEmpty"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "TextTooLong"; readonly facts: { readonly limit: number } }
	| { readonly code: "TextEmpty"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomNameInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomNameTooLong"; readonly facts: { readonly limit: number } }
	| { readonly code: "RoomNameReserved"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "RoomFull"; readonly facts: { readonly limit: number } }
	| { readonly code: "WayBackInvalid"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "NoSuchParticipant"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "ImageTooLarge"; readonly facts: { readonly megabytes: number; readonly megapixels: number } }
	| { readonly code: "ImageUnreadable"; readonly facts: Readonly<Record<string, never>> }
	| { readonly code: "ImagesBusy"; readonly facts: Readonly<Record<string, never>> }
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
	"ChatLoaded",
	"SignalReceived",
	"PathChanged",
] as const;
