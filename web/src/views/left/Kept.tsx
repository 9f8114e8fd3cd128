/** Asks the last host whether what the meeting made stays in the room. Whoever does not answer keeps it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { words } from "../../i18n";
import type { Leftovers } from "../../state/leftovers";
import { Button } from "../../ui/Button";
import "./kept.css";

interface KeptProps {
	readonly leftovers: Leftovers;
	/** The page where it is ticked what goes. */
	readonly reset: string;
}

export function Kept({ leftovers, reset }: KeptProps) {
	const w = words.value;
	const [kept, setKept] = useState(false);
	const answer = useRef<HTMLParagraphElement>(null);
	// The button that had the focus is gone.
	useEffect(() => {
		if (kept) answer.current?.focus();
	}, [kept]);
	if (kept) {
		return (
			<p ref={answer} class="left-kept" tabIndex={-1}>
				{w.left.kept}
			</p>
		);
	}
	const { files, boards, chat } = leftovers;
	const parts = [
		...(files ? [w.content.files(files)] : []),
		...(boards ? [w.content.boards(boards)] : []),
		...(chat ? [w.left.madeChat] : []),
	];
	return (
		<section class="left-kept" aria-labelledby="kept-heading">
			<h2 id="kept-heading">{w.left.keepOrClear}</h2>
			<p>{w.left.made(parts)}</p>
			<div class="left-ways">
				<Button onClick={() => setKept(true)}>{w.left.keep}</Button>
				<a class="button" href={reset}>
					{w.left.clear}
				</a>
			</div>
		</section>
	);
}
