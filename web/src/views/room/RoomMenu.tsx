/** What hosts do with the whole room. */
import type { RoomPage } from "../../actions/actions";
import { words } from "../../i18n";
import type { Meeting } from "../../state/model";
import { Icon } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import type { Asking } from "./questions";
import { openBeside, openDialog } from "./ui";

interface RoomMenuProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
}

export function RoomMenu({ page, meeting }: RoomMenuProps) {
	const stage = page.state.stage.value;
	const online = stage.name === "in" && stage.connection.name === "online";
	const items = [...roomItems(meeting), ...pageItems(page)].map((item) => ({
		...item,
		disabled: item.disabled || !online,
	}));
	return (
		<Menu
			label={words.value.hosting.room}
			kind="buttons"
			items={items}
			class="button button-quiet button-icon"
		>
			<Icon name={meeting.room.locked ? "lobby" : "door"} />
		</Menu>
	);
}

const ask = (command: Asking) => () => {
	openDialog.value = command;
};

/** Pages of the server, opened beside the meeting: nobody leaves it for them. */
function pageItems({ state }: RoomPage): readonly MenuItem[] {
	const w = words.value.hosting;
	const { settings, reset, delete: deleting } = state.waysOn;
	const items: MenuItem[] = [];
	if (settings) {
		items.push({
			id: "settings",
			label: w.roomSettings,
			icon: "settings",
			onChoose: () => openBeside(settings),
		});
	}
	for (const [id, label, page] of [
		["reset", w.resetRoom, reset],
		["delete", w.deleteRoom, deleting],
	] as const) {
		if (!page) continue;
		const onChoose = () => {
			openDialog.value = id;
		};
		items.push({ id, label, icon: "delete", danger: true, onChoose });
	}
	return items;
}

function roomItems(meeting: Meeting): readonly MenuItem[] {
	const { room, participants, you } = meeting;
	const w = words.value.hosting;
	const others = participants.filter((one) => one.id !== you);
	return [
		{
			id: "lock",
			label: room.locked ? w.unlock : w.lock,
			icon: room.locked ? "unlock" : "lock",
			disabled: !room.owned && !room.locked,
			reason: w.notOwned,
			onChoose: ask({ type: "LockRoom", locked: !room.locked }),
		},
		{
			id: "presenter",
			label: w.presenterMode,
			icon: "presenter",
			pressed: room.presenterMode,
			hint: room.presenterMode ? w.hints.presenterModeOn : w.hints.presenterModeOff,
			onChoose: ask({ type: "ChangePresenterMode", on: !room.presenterMode }),
		},
		{
			id: "mute",
			label: w.muteEverybody,
			icon: "microphoneOff",
			disabled: !others.some((one) => one.microphone && one.role !== "host"),
			onChoose: ask({ type: "Mute", participant: null }),
		},
		{
			id: "clear",
			label: w.clearContent,
			icon: "delete",
			danger: true,
			onChoose: () => {
				openDialog.value = "clear";
			},
		},
		{
			id: "others",
			label: w.endForOthers,
			hint: w.consequences.endForOthers,
			icon: "removePerson",
			danger: true,
			disabled: others.length === 0,
			onChoose: ask({ type: "EndMeeting", stay: true }),
		},
		{
			id: "end",
			label: w.endForEverybody,
			hint: w.consequences.end,
			icon: "end",
			danger: true,
			onChoose: ask({ type: "EndMeeting", stay: false }),
		},
	];
}
