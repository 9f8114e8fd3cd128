/**
 * Where the line "New" is drawn: below what had been read when one looked away. `atEnd`: the newest
 * message is on screen, so that nothing is missed.
 */
import { useEffect, useState } from "preact/hooks";

export function useUnreadLine(readUpTo: number, unread: number, atEnd: boolean): number | null {
	// What one missed since the last visit.
	const [line, setLine] = useState<number | null>(unread > 0 ? readUpTo : null);
	const [looking, setLooking] = useState(document.visibilityState === "visible");
	useEffect(() => {
		const update = () => setLooking(document.visibilityState === "visible");
		document.addEventListener("visibilitychange", update);
		return () => document.removeEventListener("visibilitychange", update);
	}, []);
	const reading = atEnd && looking;
	useEffect(() => {
		if (!reading) setLine(null);
	}, [reading]);
	useEffect(() => {
		// Set while away, at the first message that was missed; reading it does not take the line away.
		if (!reading && unread > 0) setLine((old) => old ?? readUpTo);
	}, [reading, unread, readUpTo]);
	return line;
}
