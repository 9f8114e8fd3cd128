/** One person at the door: who, how long, what they say, and the answers. */
import { useEffect, useState } from "preact/hooks";
import type { Knocker } from "../protocol/generated";
import { Avatar } from "../ui/Avatar";
import { Fingerprint } from "../ui/Fingerprint";
import { shortRoomName } from "../ui/names";
import { Answers } from "./Answers";
import type { CardModel } from "./model";
import { waitedFor } from "./waits";
import { explainTrouble, words } from "./words";

interface PersonProps {
	readonly model: CardModel;
	readonly knocker: Knocker;
}

export function Person({ model, knocker }: PersonProps) {
	const w = words.value;
	const door = model.door.value;
	const nameId = `door-name-${knocker.id}`;
	const trouble = door.troubles.get(knocker.id);
	const now = model.now.value + (door.clockOffset ?? 0);
	const waited = waitedFor(knocker.knockedAt, now, w);
	return (
		<div class="door-person">
			<Picture model={model} knocker={knocker} />
			<div class="door-who">
				<p class="door-name">
					<strong id={nameId}>{knocker.name}</strong>
					<span class="door-time">
						<span class="visually-hidden">{w.waits(waited)}</span>
						<span aria-hidden="true">{waited}</span>
					</span>
				</p>
				<p class="door-quiet">{marksOf(knocker, w).join(" · ")}</p>
				{knocker.signKey && (
					<p class="door-quiet">
						<Fingerprint of={knocker.signKey} words={w.key} />
					</p>
				)}
			</div>
			{knocker.message && <p class="door-message">{knocker.message}</p>}
			{trouble && (
				<p class="door-trouble" role="alert">
					{explainTrouble(trouble, w)}
				</p>
			)}
			<Answers model={model} knocker={knocker} nameId={nameId} />
		</div>
	);
}

/** Which door, and what else is known about them. */
export function marksOf(knocker: Knocker, w: typeof words.value): readonly string[] {
	return [
		knocker.kind === "room" ? w.door(shortRoomName(knocker.door)) : w.receptionOf(knocker.door),
		...(knocker.signedIn ? [w.signedIn] : []),
		...(knocker.known ? [w.known[knocker.known](knocker.invited)] : []),
		...(knocker.askedToWait ? [w.asked] : []),
		...(knocker.away ? [w.away] : []),
	];
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Only for whoever stays in view this long: who is scrolled past needs no picture. */
const LOOKED_AT_MS = 200;

function Picture({ model, knocker }: PersonProps) {
	const { id, name, hasStill } = knocker;
	const [broken, setBroken] = useState("");
	const still = model.door.value.stills.get(id);
	const wanted = hasStill && (still === undefined || still.stale);
	useEffect(() => {
		if (!wanted) return;
		const timer = setTimeout(() => model.desk.loadStill(id), LOOKED_AT_MS);
		return () => clearTimeout(timer);
	}, [wanted, id, model]);
	const usable = still && BASE64.test(still.data) && still.data !== broken ? still.data : null;
	return (
		<div class="door-picture">
			{usable ? (
				<img
					src={`data:image/jpeg;base64,${usable}`}
					alt={words.value.picture(name)}
					onError={() => setBroken(usable)}
				/>
			) : (
				<Avatar name={name} />
			)}
		</div>
	);
}
