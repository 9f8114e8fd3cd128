import { afterEach, describe, expect, it, vi } from "vitest";
import { showRoomName } from "../../src/actions/room_name";
import { en } from "../../src/i18n/en";
import { nl } from "../../src/i18n/nl";
import { isHost, mayWrite, whyNoScreen } from "../../src/state/room";
import { roomNews } from "../../src/views/room/news";
import { explainNote } from "../../src/views/room/notes";
import { type Asking, questionOf } from "../../src/views/room/questions";
import { meeting, participant, room } from "../fakes/meeting";

const host = participant(0, { role: "host" });
const guest = participant(1);
const hosted = (rules = {}) =>
	meeting({ participants: [host, guest], room: room({ owned: true, ...rules }) });

describe("the rules of a room", () => {
	it("hold for guests and for support, and not for hosts", () => {
		for (const role of ["guest", "support"] as const) {
			const inside = (rules = {}) =>
				meeting({ participants: [participant(0, { role })], room: room(rules) });
			expect(whyNoScreen(inside())).toBeNull();
			expect(whyNoScreen(inside({ share: "hosts" }))).toBe("hosts only");
			expect(whyNoScreen(inside({ share: "hosts", presenterMode: true }))).toBe("presenter mode");
			expect(mayWrite(inside())).toBe(true);
			expect(mayWrite(inside({ chat: "hosts" }))).toBe(false);
		}
		const strict = hosted({ share: "hosts", chat: "hosts", presenterMode: true });
		expect([isHost(strict), whyNoScreen(strict), mayWrite(strict)]).toEqual([true, null, true]);
	});

	it("are told when they change", () => {
		const locked = room({ locked: true, presenterMode: true });
		expect(roomNews(room(), locked)).toEqual(["nowLocked", "presenterModeOn"]);
		expect(roomNews(locked, room())).toEqual(["nowUnlocked", "presenterModeOff"]);
		expect(roomNews(room(), room({ name: "other" }))).toEqual([]);
	});
});

describe("before something drastic a host is asked", () => {
	const w = en.hosting;
	const ask = (command: Asking, now = hosted()) => questionOf(command, now, w);

	it("by the name of what was pressed", () => {
		expect(ask({ type: "LockRoom", locked: true })?.name).toBe("Lock room");
		const locked = hosted({ locked: true });
		expect(ask({ type: "LockRoom", locked: false }, locked)?.name).toBe("Unlock room");
		expect(ask({ type: "ChangePresenterMode", on: true })?.name).toBe("Presenter mode");
		expect(ask({ type: "Mute", participant: null })?.name).toBe("Mute everybody");
		expect(ask({ type: "EndMeeting", stay: false })?.name).toBe("End for everybody");
		expect(ask({ type: "EndMeeting", stay: true })?.name).toBe("End for the others");
		expect(ask({ type: "Remove", participant: "p1" })?.name).toBe("Remove");
		const lobby = ask({ type: "SendToLobby", participant: "p1" }, locked);
		expect(lobby?.name).toBe("Send to the lobby");
	});

	it("with who it is about and how they come back", () => {
		const open = ask({ type: "Remove", participant: "p1" })?.consequence;
		expect(open).toMatch(/^Grace Hopper leaves .* not locked/u);
		const shut = ask({ type: "Remove", participant: "p1" }, hosted({ locked: true }));
		expect(shut?.consequence).toMatch(/knocks first\.$/u);
	});

	it("no more when it is so already, when they are gone, or when the role is", () => {
		expect(ask({ type: "LockRoom", locked: false })).toBeNull();
		expect(ask({ type: "ChangePresenterMode", on: false })).toBeNull();
		expect(ask({ type: "Remove", participant: "gone" })).toBeNull();
		expect(ask({ type: "SendToLobby", participant: "p1" })).toBeNull();
		const guests = meeting({ participants: [participant(0), guest] });
		expect(ask({ type: "EndMeeting", stay: false }, guests)).toBeNull();
	});
});

describe.each([
	["en", en],
	["nl", nl],
] as const)("notes in %s", (language, w) => {
	it("name who did it, one or several", () => {
		const one = explainNote({ kind: "asked", by: ["Ada"] }, w, language);
		const two = explainNote({ kind: "asked", by: ["Ada", "Grace"] }, w, language);
		expect(one).toMatch(/^Ada \p{L}+ /u);
		expect(two).toMatch(/^Ada (and|en) Grace /u);
		expect(two.split(" ")[3]).not.toBe(one.split(" ")[1]);
		expect(explainNote({ kind: "muted", by: "Ada" }, w)).toContain("Ada");
	});

	it("say why, and what did not change", () => {
		const refusal = { code: "NotAHost", facts: {} } as const;
		const rename = explainNote({ kind: "refused", command: "Rename", refusal }, w);
		expect(rename).toContain(w.refusals.NotAHost({}));
		expect(rename).not.toBe(explainNote({ kind: "refused", command: "Mute", refusal }, w));
		const unheard = explainNote({ kind: "refused", command: "Mute", refusal: null }, w);
		expect(unheard).toBe(w.hosting.notAsked);
		const stopped = explainNote({ kind: "no screen", why: "hosts only", stopped: true }, w);
		expect(stopped).toContain(w.hosting.noScreen["hosts only"]);
		expect(stopped).toContain(w.hosting.screenStopped);
	});
});

describe("a room that is renamed", () => {
	afterEach(() => vi.unstubAllGlobals());

	it("has its new name in the address, without a step back to the old one", () => {
		const replaceState = vi.fn();
		vi.stubGlobal("history", { state: null, replaceState });
		vi.stubGlobal("location", { search: "?a=b", hash: "#c" });
		expect(showRoomName("old", null)).toBe("old");
		expect(showRoomName("old", hosted({ name: "old" }))).toBe("old");
		expect(replaceState).not.toHaveBeenCalled();
		expect(showRoomName("old", hosted({ name: "new/one" }))).toBe("new/one");
		expect(replaceState).toHaveBeenCalledExactlyOnceWith(null, "", "/new%2Fone?a=b#c");
	});
});
