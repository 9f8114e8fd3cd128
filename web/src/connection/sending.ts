/**
 * One file on its way to the server, by tus 1.0.0: from where it stopped, as often as it takes. This
 * file and its library are loaded with the first file that somebody shares.
 */
import { DetailedError, Upload, type UploadOptions } from "tus-js-client";
import { decodeRefusal } from "../protocol/codec";
import type { Failure } from "../state/uploads";

interface SendingHandlers {
	/** Bytes so far. */
	readonly moved: (sent: number) => void;
	readonly done: () => void;
	readonly failed: (failure: Failure) => void;
}

export interface Sending {
	/** From where the server has it. */
	start(): void;
	/** What arrived is kept. */
	stop(): void;
	/** What arrived goes, if the server can be reached; it forgets it by itself after a day. */
	giveUp(): Promise<void>;
}

/** `key`: the content key as it is now; a new one comes with every restart of the server. */
export type Send = (file: File, key: () => string, handlers: SendingHandlers) => Sending;

/** The server goes on with the request that was cut off for a moment, and refuses until then. */
const GIVE_UP_AGAIN_MS = [500, 1_000, 2_000];

export const sendFile: Send = (file, key, handlers) => {
	let running: Upload | null = null;
	let url: string | null = null;

	const signed: UploadOptions = {
		onBeforeRequest: (request) => request.setHeader("Authorization", `Bearer ${key()}`),
	};

	/** A new one each time, so that nothing of the one before is heard any more. */
	function make(): Upload {
		const upload: Upload = new Upload(file, {
			...signed,
			endpoint: new URL("/api/v1/uploads", location.href).href,
			uploadUrl: url,
			metadata: { filename: file.name, filetype: file.type },
			retryDelays: null,
			storeFingerprintForResuming: false,
			onUploadUrlAvailable() {
				url = upload.url;
			},
			onProgress: (sent) => upload === running && handlers.moved(sent),
			onSuccess: () => upload === running && handlers.done(),
			onError: (error) => upload === running && handlers.failed(failureOf(error)),
		});
		return upload;
	}

	function stop(): void {
		const upload = running;
		running = null;
		void upload?.abort();
	}

	return {
		start() {
			stop();
			running = make();
			running.start();
		},
		stop,
		async giveUp() {
			stop();
			if (url === null) return;
			// Nobody waits for it: what cannot be given up now lapses.
			await Upload.terminate(url, { ...signed, retryDelays: GIVE_UP_AGAIN_MS }).catch(
				() => undefined,
			);
		},
	};
};

function failureOf(error: Error): Failure {
	const answer = error instanceof DetailedError ? error.originalResponse : null;
	if (!answer) return { status: null, refusal: null };
	return { status: answer.getStatus(), refusal: decodeRefusal(answer.getBody()) };
}
