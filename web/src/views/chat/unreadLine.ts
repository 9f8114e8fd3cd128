/** Where the line "New" is drawn: below what had been read when one looked away. */
import { useEffect, useState } from "preact/hooks";

export function useUnreadLine(readUpTo: number, unread: number, visible: boolean): number | null {
	const [line, setLine] = useState<number | null>(null);
	const [looking, setLooking] = useState(document.visibilityState === "visible");
	useEffect(() => {
		const update = () => setLooking(document.visibilityState === "visible");
		document.addEventListener("visibilitychange", update);
		return () => document.removeEventListener("visibilitychange", update);
	}, []);
	const reading = visible && looking;
	// The line stays where it is while one reads.
	useEffect(() => {
		if (!reading) setLine(null);
	}, [reading]);
	useEffect(() => {
		// Set while away, at the first message that was missed; reading it does not take the line away.
		if (unread > 0) setLine((old) => old ?? readUpTo);
	}, [unread, readUpTo]);
	return line;
}
