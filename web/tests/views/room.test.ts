import { beforeEach, describe, expect, it } from "vitest";
import { NOTHING_ENCRYPTED } from "../../src/state/encryption";
import { screensOf } from "../../src/views/content/screens";
import { isOn } from "../../src/views/room/MediaToggles";
import { hasDirect, isUnencryptable } from "../../src/views/room/Notices";
import { showPanel } from "../../src/views/room/PanelButtons";
import { leaveUi, news, openDialog, tab, talking } from "../../src/views/room/ui";
import { meeting, participant } from "../fakes/meeting";
import { device, fakePage, remoteMedia } from "../fakes/page";

describe("panels", () => {
	beforeEach(() => {
		tab.value = "people";
	});

	it("are opened and closed on a wide screen, and remembered", () => {
		const page = fakePage();
		showPanel(page, "chat", false);
		expect(page.calls).toEqual([
			["prefer", { panels: { people: true, content: true, chat: false } }],
		]);
		showPanel(page, "chat", false);
		expect(page.state.preferences.value.panels.chat).toBe(true);
	});

	it("take turns on a small screen, and what a wide screen remembers stays", () => {
		const page = fakePage();
		showPanel(page, "chat", true);
		expect(tab.value).toBe("chat");
		expect(page.calls).toEqual([]);
	});
});

describe("leaving", () => {
	it("takes nothing that was open along into the next meeting", () => {
		const page = fakePage();
		openDialog.value = "settings";
		tab.value = "chat";
		news.value = "Grace Hopper came in";
		leaveUi(page);
		expect([openDialog.value, tab.value, news.value]).toEqual([null, "people", null]);
		expect(page.calls).toEqual([]);
	});

	it("turns the microphone off when the space bar was still down", () => {
		const page = fakePage();
		talking.value = true;
		leaveUi(page);
		expect(talking.value).toBe(false);
		expect(page.calls).toEqual([["setMicrophone", false]]);
	});
});

describe("toggles", () => {
	it("show a device in trouble as off, so that a click tries again", () => {
		expect(isOn(device())).toBe(true);
		expect(isOn(device({ trouble: "busy" }))).toBe(false);
		expect(isOn(device({ wanted: false }))).toBe(false);
	});
});

describe("a browser that cannot encrypt", () => {
	it("says so in the room, once, and not as the fault of the browser on plain http", () => {
		const page = fakePage();
		expect(isUnencryptable(page)).toBe(false);
		page.state.encryption.value = { ...NOTHING_ENCRYPTED, possible: false };
		expect(isUnencryptable(page)).toBe(true);
		const { own } = page.state;
		own.value = { ...own.value, camera: device({ trouble: "insecure" }) };
		expect(isUnencryptable(page)).toBe(false);
	});
});

describe("whoever the relay has no room for", () => {
	it("is heard by somebody only over a direct path that works", () => {
		const page = fakePage();
		expect(hasDirect(page)).toBe(false);
		page.state.remote.value = {
			p1: remoteMedia({ path: "relayed" }),
			p2: remoteMedia({ state: "failed" }),
		};
		expect(hasDirect(page)).toBe(false);
		page.state.remote.value = { ...page.state.remote.value, p3: remoteMedia() };
		expect(hasDirect(page)).toBe(true);
	});
});

describe("screens", () => {
	it("are those of the others: who shows something wants to see the faces", () => {
		const people = [0, 1, 2].map((index) => participant(index, { screen: index < 2 }));
		const screens = screensOf(meeting({ participants: people }), { p1: remoteMedia() });
		expect(screens.map((one) => one.id)).toEqual(["p1"]);
	});
});
