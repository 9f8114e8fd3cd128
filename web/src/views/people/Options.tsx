/** What one can do about one other person: pin them, write to them alone; as a host, more. */
import type { HostCommand, RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Addressee, Participant } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { isHost, mayWrite } from "../../state/room";
import { Icon } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { focusField, writeTo } from "../chat/composing";
import { isPinned, togglePin } from "../room/pin";
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
	const hosting = isHost(meeting) ? optionsFor(page, meeting, person) : [];
	const items = [
		pinItem(page, meeting, person),
		writeItem(page, meeting, person),
		...hosting.map((item) => ({ ...item, disabled: item.disabled || !here })),
	];
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

/** Also while they are away or the server is: nobody but this page needs to know. */
function pinItem(page: RoomPage, meeting: Meeting, { id: participant }: Participant): MenuItem {
	return {
		id: "pin",
		label: words.value.people.pin,
		icon: "pin",
		pressed: isPinned(meeting, participant, "camera"),
		onChoose: () => togglePin(page, meeting, { participant, slot: "camera" }),
	};
}

function writeItem(page: RoomPage, meeting: Meeting, { id, name }: Participant): MenuItem {
	return {
		id: "write",
		label: words.value.chat.writePrivately(name),
		icon: "chat",
		disabled: !mayWrite(meeting) || !meeting.participants.some((one) => one.id === id),
		onChoose: () => writePrivately(page, { id, name }),
	};
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
