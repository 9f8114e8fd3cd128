/**
 * Alone in the room: the place of the next person, kept free beside one's own, with the way to call
 * somebody. When they come they sit down exactly here, and nothing moves.
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../../i18n";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { Icon } from "../../ui/Icon";
import { place, type Rect } from "../../ui/place";
import { roomLink } from "../invite/link";

export function EmptyChair({ rect }: { readonly rect: Rect | null }) {
	const w = words.value.people;
	const chair = useRef<HTMLDivElement>(null);
	const [copied, setCopied] = useState(false);
	useLayoutEffect(() => {
		if (chair.current && rect) place(chair.current, rect);
	}, [rect]);
	const copy = async () => setCopied(await copyText(roomLink()));
	return (
		<div ref={chair} class="chair">
			<div class="chair-words">
				<Icon name="armchair" size="large" />
				<p class="chair-title">{w.alone}</p>
				<p class="chair-how">{w.aloneHow}</p>
				<Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>
					{copied ? w.copied : w.copyLink}
				</Button>
			</div>
		</div>
	);
}
