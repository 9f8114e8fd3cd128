/** Files of one's own on their way into the room. Plain values and rules; nothing here sends. */
import type { Refusal } from "../protocol/generated";

/** How many are sent at a time: more would only slow each other down. */
const AT_ONCE = 2;

export interface Upload {
	readonly id: string;
	readonly name: string;
	/** Bytes. */
	readonly length: number;
	/** Bytes that left this machine. */
	readonly sent: number;
	readonly state: /** Until those before it are there. */
		| "queued"
		| "sending"
		/** By the person. */
		| "paused"
		/** The connection broke, or the server is busy; goes on by itself. */
		| "cut off"
		/** Over, unless the person tries again. */
		| "refused";
	/** Why it was refused: by the server, or because this machine does not give the file. */
	readonly trouble: Refusal | "unreadable" | null;
}

export type Uploads = readonly Upload[];

export function change(uploads: Uploads, id: string, news: Partial<Upload>): Uploads {
	return uploads.map((one) => (one.id === id ? { ...one, ...news } : one));
}

export function drop(uploads: Uploads, id: string): Uploads {
	return uploads.filter((one) => one.id !== id);
}

/** Those whose turn it is. */
export function turnsOf(uploads: Uploads): Uploads {
	const running = uploads.filter((one) => one.state === "sending" || one.state === "cut off");
	return uploads
		.filter((one) => one.state === "queued")
		.slice(0, Math.max(0, AT_ONCE - running.length));
}

/** Leaving the page would end them. */
export function isUnderWay({ state }: Upload): boolean {
	return state === "queued" || state === "sending" || state === "cut off";
}

/** What came back from sending. `status` is null when nothing did. */
export interface Failure {
	readonly status: number | null;
	readonly refusal: Refusal | null;
}

/** What passes by itself, so that nobody has to be told. */
const PASSING: ReadonlySet<Refusal["code"]> = new Set([
	"NotInMeeting",
	"ServerStopping",
	"TooFast",
	"TooManyUploads",
	"UploadBusy",
	"UploadElsewhere",
]);

/** Null: try again in a while. Otherwise why it makes no sense to. */
export function givenUpFor({ status, refusal }: Failure): Refusal | null {
	if (refusal) return PASSING.has(refusal.code) ? null : refusal;
	// A proxy before a server that is gone, or nobody at all.
	if (status === null || status >= 500) return null;
	return { code: "MessageMalformed", facts: {} };
}

/** Milliseconds before try number `attempt`, from 1. */
export function pauseBefore(attempt: number): number {
	return Math.min(15_000, 1_000 * 2 ** (attempt - 1));
}
