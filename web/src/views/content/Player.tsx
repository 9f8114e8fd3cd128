/** Sound and films: whoever presents plays, pauses and seeks for everybody who follows. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { sheetOf } from "./kinds";
import { isElsewhere } from "./look";
import type { SheetProps } from "./Sheet";

/** How often whoever presents says where the film is, so that who comes later starts there. */
const SAY_EVERY_S = 5;

export function Player({ page, item, view, presenting, onLook }: SheetProps) {
	const player = useRef<HTMLVideoElement>(null);
	const heardAt = useRef(0);
	const since = () => (performance.now() - heardAt.current) / 1_000;
	useLayoutEffect(() => {
		heardAt.current = performance.now();
		const media = player.current;
		if (!media) return;
		if (isElsewhere(view, 0, media.currentTime)) media.currentTime = view.at;
		// Browsers play for nobody who has not clicked anything yet; the button of the player is there.
		if (view.playing && media.paused && !media.ended) media.play().catch(() => undefined);
		else if (!view.playing && !media.paused) media.pause();
	}, [view]);
	/** What the person did, and not what was done for them above. */
	const changed = (media: HTMLMediaElement) => {
		const { currentTime: at } = media;
		// At the end, or as long as the film does not come fast enough, it is not the person who stops it.
		const playing = media.ended ? view.playing : !media.paused;
		if (playing === view.playing && !isElsewhere(view, since(), at)) return;
		onLook({ ...view, at, playing });
	};
	const sheet = {
		ref: player,
		class: `viewer-${sheetOf(item.mediaType)}`,
		controls: true,
		"aria-label": item.name,
		src: page.actions.addressOf(item.id),
		onPlay: () => player.current && changed(player.current),
		onPause: () => player.current && changed(player.current),
		onSeeked: () => player.current && changed(player.current),
		onTimeUpdate: () => {
			const media = player.current;
			if (!media || !presenting || media.paused || since() < SAY_EVERY_S) return;
			onLook({ ...view, at: media.currentTime, playing: true });
		},
	};
	return sheetOf(item.mediaType) === "film" ? <video {...sheet} /> : <audio {...sheet} />;
}
