/** What a host can do about one other person. */
import type { HostCommand, RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Addressee, Participant } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { mayWrite } from "../../state/room";
import { Icon } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { focusField, writeTo } from "../chat/composing";
import { news, openDialog, showChat } from "../room/ui";

interface OptionsProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly person: Participant;
}

export function Options({ page, meeting, person }: OptionsProps) {
	const stage = page.state.stage.value;
	const online = stage.name === "in" && stage.connection.name === "online";
	const here = online && meeting.participants.some((one) => one.id === person.id);
	const items = optionsFor(page, meeting, person).map((item) => ({
		...item,
		disabled: item.disabled || !here,
	}));
	return (
		<Menu
			label={words.value.hosting.options(person.name)}
			kind="menu"
			items={items}
			class="options-button"
		>
			<span class="options-face">
				<Icon name="options" size="small" />
			</span>
		</Menu>
	);
}

function optionsFor(
	page: RoomPage,
	{ room }: Meeting,
	{ id: participant, name, role, microphone }: Participant,
): readonly MenuItem[] {
	const w = words.value.hosting;
	const host = role === "host";
	const tell = (command: HostCommand) => () => void page.actions.asHost(command);
	return [
		{
			id: "mute",
			label: w.mute,
			icon: "microphoneOff",
			disabled: !microphone,
			onChoose: tell({ type: "Mute", participant }),
		},
		{
			id: "ask",
			label: w.askToUnmute,
			icon: "microphone",
			disabled: microphone,
			onChoose: () => void askToUnmute(page, participant, name),
		},
		{
			id: "write",
			label: words.value.chat.writePrivately(name),
			icon: "chat",
			onChoose: () => writePrivately(page, { id: participant, name }),
		},
		{
			id: "host",
			label: host ? w.makeGuest : w.makeHost,
			icon: "host",
			disabled: role === "support",
			onChoose: tell({ type: "MakeHost", participant, host: !host }),
		},
		{
			id: "lobby",
			label: w.sendToLobby,
			icon: "lobby",
			danger: true,
			disabled: !room.locked,
			reason: w.notLocked,
			onChoose() {
				openDialog.value = { type: "SendToLobby", participant };
			},
		},
		{
			id: "remove",
			label: w.remove,
			icon: "removePerson",
			danger: true,
			onChoose() {
				openDialog.value = { type: "Remove", participant };
			},
		},
	];
}

/** What everybody may do, not hosts only. */
export function WriteButton({ page, meeting, person: { id, name } }: OptionsProps) {
	const label = words.value.chat.writePrivately(name);
	const disabled = !mayWrite(meeting) || !meeting.participants.some((one) => one.id === id);
	if (disabled) return null;
	return (
		<button
			type="button"
			class="options-button"
			aria-label={label}
			title={label}
			onClick={() => writePrivately(page, { id, name })}
		>
			<span class="options-face">
				<Icon name="chat" size="small" />
			</span>
		</button>
	);
}

function writePrivately(page: RoomPage, to: Addressee): void {
	showChat(page);
	writeTo(to);
	focusField.value += 1;
}

/** Nothing shows at the other end until that person answers: say that it was asked. */
async function askToUnmute(page: RoomPage, participant: string, name: string): Promise<void> {
	const done = await page.actions.asHost({ type: "AskToUnmute", participant });
	if (done) news.value = words.value.hosting.asked(name);
}
