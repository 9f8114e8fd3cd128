/** The link of the room, to copy or to pass on. */
import { useRef, useState } from "preact/hooks";
import { words } from "../../i18n";
import { Notice } from "../../ui/Alert";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { Dialog } from "../../ui/Dialog";
import { opensHereOnly, roomLink } from "./link";
import "./invite.css";

interface InviteProps {
	readonly roomName: string;
	readonly locked: boolean;
	readonly onClose: () => void;
}

export function Invite({ roomName, locked, onClose }: InviteProps) {
	const w = words.value.invite;
	const [said, setSaid] = useState("");
	const field = useRef<HTMLInputElement>(null);
	const link = roomLink();
	const copy = async () => {
		const done = await copyText(link);
		if (!done) field.current?.select();
		setSaid(done ? w.copied : w.byHand);
	};
	return (
		<Dialog title={w.title} closeLabel={words.value.close} onClose={onClose}>
			<p>{locked ? words.value.hosting.invite.locked : w.how}</p>
			{opensHereOnly(location.hostname) && <Notice>{w.onlyHere}</Notice>}
			<div class="field">
				<label for="room-link">{w.link}</label>
				<div class="invite-row">
					<input
						id="room-link"
						ref={field}
						class="input"
						readOnly
						value={link}
						onFocus={(event) => event.currentTarget.select()}
					/>
					<Button
						kind="primary"
						icon={said === w.copied ? "check" : "copy"}
						onClick={() => void copy()}
					>
						{w.copy}
					</Button>
				</div>
				<output class="field-hint invite-said">{said}</output>
			</div>
			{"share" in navigator && (
				<Button
					class="invite-more"
					onClick={() => {
						// Rejects when the person changes their mind.
						navigator.share({ title: roomName, url: link }).catch(() => undefined);
					}}
				>
					{w.more}
				</Button>
			)}
		</Dialog>
	);
}
