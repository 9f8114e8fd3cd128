/** Everybody's sound. The only place that plays it, apart from the pictures, so that none is heard twice. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import { Notice } from "../../ui/Alert";
import { Button } from "../../ui/Button";

export function Sounds({ page }: { readonly page: RoomPage }) {
	const { state, actions } = page;
	const w = words.value.room;
	const box = useRef<HTMLDivElement>(null);
	const [blocked, setBlocked] = useState(false);
	const allow = () => {
		actions.allowSound();
		setBlocked(false);
		for (const element of box.current?.querySelectorAll("audio") ?? []) {
			element.play().catch(() => setBlocked(true));
		}
	};
	const streams = Object.entries(state.remote.value).flatMap(([id, media]) => [
		{ key: `${id} microphone`, stream: media.microphoneStream },
		{ key: `${id} screen`, stream: media.screenSoundStream },
	]);
	return (
		<>
			<div ref={box} hidden>
				{streams.map(({ key, stream }) => (
					<Sound
						key={key}
						stream={stream}
						speaker={state.own.value.speaker}
						onBlocked={() => setBlocked(true)}
					/>
				))}
			</div>
			{blocked && (
				<Notice
					action={
						<Button kind="primary" icon="sound" onClick={allow}>
							{w.allowSound}
						</Button>
					}
				>
					{w.soundBlocked}
				</Notice>
			)}
		</>
	);
}

interface SoundProps {
	readonly stream: MediaStream | null;
	readonly speaker: string | null;
	readonly onBlocked: () => void;
}

function Sound({ stream, speaker, onBlocked }: SoundProps) {
	const audio = useRef<HTMLAudioElement>(null);
	useEffect(() => {
		const element = audio.current;
		if (!element || element.srcObject === stream) return;
		element.srcObject = stream;
		if (!stream) return;
		element.play().catch((error: unknown) => {
			// Anything else means that the stream was replaced meanwhile.
			if (error instanceof DOMException && error.name === "NotAllowedError") onBlocked();
		});
	}, [stream, onBlocked]);
	useEffect(() => {
		const element = audio.current;
		// The speaker may be gone, or the browser may not let pages choose: the default plays on.
		if (element && "setSinkId" in element) element.setSinkId(speaker ?? "").catch(() => undefined);
	}, [speaker]);
	// biome-ignore lint/a11y/useMediaCaption: live voices have no captions to offer.
	return <audio ref={audio} autoplay />;
}
