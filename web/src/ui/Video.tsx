/** A picture that moves. Always muted: sound is played apart, by one component for the whole page. */
import { useEffect, useRef } from "preact/hooks";

interface VideoProps {
	readonly stream: MediaStream | null;
	readonly class: string;
	/** A name where the video stands for itself; without one it is part of what names it. */
	readonly label?: string;
}

export function Video({ stream, label, ...rest }: VideoProps) {
	const video = useRef<HTMLVideoElement>(null);
	useEffect(() => {
		const element = video.current;
		if (!element) return;
		// As a property: an attribute set after creation does not mute, and unmuted video does not autoplay.
		element.muted = true;
		if (element.srcObject !== stream) element.srcObject = stream;
		// Fails when the stream changes meanwhile; the next stream starts by itself.
		if (stream) element.play().catch(() => undefined);
	}, [stream]);
	// Firefox would let Tab stop at every picture, where there is nothing to press.
	return (
		<video
			ref={video}
			class={rest.class}
			autoplay
			playsInline
			muted
			tabIndex={-1}
			aria-label={label}
		/>
	);
}
