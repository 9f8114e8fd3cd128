/** At a reception: the room to send somebody to. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../ui/Button";
import { waitingOf } from "./feeds";
import { focusHere } from "./focusHere";
import type { CardModel } from "./model";
import { usableRooms } from "./rooms";
import { words } from "./words";

interface WhereToProps {
	readonly model: CardModel;
	readonly busy: boolean;
	/** Null: a new room. */
	readonly onChoose: (room: string | null) => void;
	readonly onCancel: () => void;
}

const LONGEST_NAME = 256;

export function WhereTo({ model, busy, onChoose, onCancel }: WhereToProps) {
	const w = words.value;
	const id = useId();
	const field = useRef<HTMLInputElement>(null);
	const [room, setRoom] = useState(model.here);
	const name = room.trim();
	const [usable, setUsable] = useState<readonly string[]>([]);
	useEffect(() => {
		focusHere(field.current);
		void usableRooms().then(setUsable);
	}, []);
	return (
		<form
			class="door-where"
			onSubmit={(event) => {
				event.preventDefault();
				if (!busy) onChoose(name || null);
			}}
		>
			<div class="field">
				<label for={id}>{w.whereTo}</label>
				<input
					ref={field}
					id={id}
					class="input"
					list={`${id}-rooms`}
					value={room}
					maxLength={LONGEST_NAME}
					autocomplete="off"
					autocapitalize="none"
					spellcheck={false}
					aria-describedby={`${id}-hint`}
					onInput={(event) => setRoom(event.currentTarget.value)}
				/>
				<datalist id={`${id}-rooms`}>
					{knownRooms(model, usable).map((one) => (
						<option key={one} value={one} />
					))}
				</datalist>
				<p class="field-hint" id={`${id}-hint`}>
					{w.whereToHint}
				</p>
			</div>
			<div class="door-where-buttons">
				<Button kind="primary" type="submit" busy={busy}>
					{name ? w.toRoom(name) : w.toNew}
				</Button>
				<Button onClick={onCancel}>{w.cancel}</Button>
			</div>
		</form>
	);
}

/** The room of this page, rooms where somebody knocks, and all others that one may send people to. */
function knownRooms(model: CardModel, usable: readonly string[]): readonly string[] {
	const knocked = waitingOf(model.door.value.feeds).filter(({ kind }) => kind === "room");
	const all = [model.here(), ...knocked.map(({ door }) => door), ...usable];
	return [...new Set(all)].filter((name) => name !== "");
}
