/** Sends files, a few at a time, over as many connections and restarts as it takes. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Send, Sending } from "../connection/sending";
import type { Clock, Timer } from "../core/clock";
import { randomId } from "../core/ids";
import type { Refusal } from "../protocol/generated";
import {
	change,
	drop,
	type Failure,
	givenUpFor,
	pauseBefore,
	turnsOf,
	type Upload,
	type Uploads,
} from "../state/uploads";

interface Options {
	readonly clock: Clock;
	/** The content key as it is now. */
	readonly key: () => string;
	/** Whether the server can be asked at all. */
	readonly online: () => boolean;
	readonly loadSend: () => Promise<Send>;
}

interface Job {
	readonly file: File;
	sending: Sending | null;
	attempt: number;
	again: Timer | null;
	/** Bytes when the connection was lost; null while it was not. */
	sentWhenLost: number | null;
}

export class Uploading {
	readonly #options: Options;
	readonly #uploads = signal<Uploads>([]);
	readonly #jobs = new Map<string, Job>();

	constructor(options: Options) {
		this.#options = options;
	}

	get uploads(): ReadonlySignal<Uploads> {
		return this.#uploads;
	}

	/** `refusal`: known beforehand, so that not one byte is sent. */
	add(file: File, refusal: Refusal | null): void {
		const id = randomId(12);
		this.#jobs.set(id, { file, sending: null, attempt: 0, again: null, sentWhenLost: null });
		const upload: Upload = {
			id,
			name: file.name,
			length: file.size,
			sent: 0,
			state: refusal ? "refused" : "queued",
			trouble: refusal,
		};
		this.#uploads.value = [...this.#uploads.peek(), upload];
		this.#takeTurns();
	}

	pause(id: string): void {
		this.#stop(id);
		this.#change(id, { state: "paused" });
		this.#takeTurns();
	}

	goOn(id: string): void {
		this.#change(id, { state: "queued", trouble: null });
		this.#takeTurns();
	}

	cancel(id: string): void {
		this.#stop(id);
		void this.#jobs.get(id)?.sending?.giveUp();
		this.#forget(id);
	}

	/** The connection to the server was lost. What still moves is left alone. */
	lost(): void {
		for (const { id, sent } of this.#uploads.peek()) {
			const job = this.#jobs.get(id);
			if (job) job.sentWhenLost ??= sent;
		}
	}

	/** The server is there again. What has not moved since goes on over a new connection. */
	resume(): void {
		for (const { id, state, sent } of this.#uploads.peek()) {
			const job = this.#jobs.get(id);
			if (!job) continue;
			const stuck = state === "sending" && job.sentWhenLost === sent;
			job.sentWhenLost = null;
			if (stuck || state === "cut off") void this.#send(id, job);
		}
	}

	/** Out of the room: nothing is sent there any more. */
	end(): void {
		for (const id of this.#jobs.keys()) this.#stop(id);
		this.#jobs.clear();
		this.#uploads.value = [];
	}

	#takeTurns(): void {
		for (const { id } of turnsOf(this.#uploads.peek())) {
			const job = this.#jobs.get(id);
			if (job) void this.#send(id, job);
		}
	}

	async #send(id: string, job: Job): Promise<void> {
		job.again?.cancel();
		job.again = null;
		this.#change(id, { state: "sending" });
		if (!(await isReadable(job.file))) return this.#refuse(id, "unreadable");
		try {
			job.sending ??= await this.#prepare(id, job);
		} catch {
			// Not even the script that sends could be had.
			return this.#wait(id, job);
		}
		if (this.#state(id) === "sending") job.sending.start();
	}

	async #prepare(id: string, job: Job): Promise<Sending> {
		const send = await this.#options.loadSend();
		return send(job.file, this.#options.key, {
			moved: (sent) => {
				job.attempt = 0;
				this.#change(id, { sent });
			},
			done: () => {
				this.#forget(id);
				this.#takeTurns();
			},
			failed: (failure) => this.#failed(id, job, failure),
		});
	}

	#failed(id: string, job: Job, failure: Failure): void {
		const why = givenUpFor(failure);
		if (why) this.#refuse(id, why);
		else this.#wait(id, job);
	}

	#refuse(id: string, trouble: Refusal | "unreadable"): void {
		this.#change(id, { state: "refused", trouble });
		this.#takeTurns();
	}

	#wait(id: string, job: Job): void {
		if (this.#state(id) !== "sending") return;
		this.#change(id, { state: "cut off" });
		job.attempt += 1;
		job.again = this.#options.clock.after(pauseBefore(job.attempt), () => {
			// Without a connection the next Welcome says when to go on.
			if (this.#options.online()) void this.#send(id, job);
		});
	}

	#stop(id: string): void {
		const job = this.#jobs.get(id);
		job?.again?.cancel();
		job?.sending?.stop();
	}

	#state(id: string): Upload["state"] | undefined {
		return this.#uploads.peek().find((one) => one.id === id)?.state;
	}

	#change(id: string, news: Partial<Upload>): void {
		this.#uploads.value = change(this.#uploads.peek(), id, news);
	}

	#forget(id: string): void {
		this.#jobs.delete(id);
		this.#uploads.value = drop(this.#uploads.peek(), id);
	}
}

/** A folder is no file, and a file may be gone since it was chosen. */
async function isReadable(file: File): Promise<boolean> {
	try {
		await file.slice(0, 1).arrayBuffer();
		return true;
	} catch {
		return false;
	}
}
