/** Three bars beside a name that move with the voice. Follows the signal without redrawing the tile. */
import { effect, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { setProperty } from "../../ui/place";

interface VoiceProps {
	readonly levels: ReadonlySignal<Readonly<Record<string, number>>>;
	readonly levelKey: string;
}

export function Voice({ levels, levelKey }: VoiceProps) {
	const bars = useRef<HTMLSpanElement>(null);
	useEffect(
		() =>
			effect(() => {
				const level = levels.value[levelKey] ?? 0;
				if (bars.current) setProperty(bars.current, "--level", Math.min(1, level * 1.6).toFixed(2));
			}),
		[levels, levelKey],
	);
	return (
		<span ref={bars} class="voice" aria-hidden="true">
			<i />
			<i />
			<i />
		</span>
	);
}
