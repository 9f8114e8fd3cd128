/** Entry of the worker that every frame passes: sealed before it leaves, opened before it is decoded. */
import { systemClock } from "../core/clock";
import { type EncodedFrame, type KeyframeAsker, Pipes } from "./pipes";
import type { FromWorker, ToWorker, Track } from "./worker_messages";

interface Transformer extends KeyframeAsker {
	readonly readable: ReadableStream<EncodedFrame>;
	readonly writable: WritableStream<EncodedFrame>;
	readonly options: Track;
}

interface WorkerScope {
	onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
	onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
	postMessage(message: FromWorker): void;
}

const COUNTS_EVERY_MS = 1_000;

const scope = globalThis as unknown as WorkerScope;
const pipes = new Pipes(systemClock);

scope.onmessage = ({ data }) => void pipes.hear(data);
scope.onrtctransform = ({ transformer }) => {
	const track = transformer.options;
	const transform = new TransformStream<EncodedFrame, EncodedFrame>({
		async transform(frame, controller) {
			if (await pipes.take(track, frame, transformer)) controller.enqueue(frame);
		},
	});
	// Ends with its connection.
	transformer.readable
		.pipeThrough(transform)
		.pipeTo(transformer.writable)
		.catch(() => undefined);
};

function report(): void {
	scope.postMessage(pipes.counts());
	systemClock.after(COUNTS_EVERY_MS, report);
}
report();
