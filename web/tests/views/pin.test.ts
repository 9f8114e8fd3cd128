import { beforeEach, describe, expect, it } from "vitest";
import { hasEnded, isPinned, pinnedIn, togglePin, togglePinByKey } from "../../src/views/room/pin";
import { contentAside, leaveUi, news, pinned, tab } from "../../src/views/room/ui";
import { meeting, participant } from "../fakes/meeting";
import { fakePage } from "../fakes/page";

const you = participant(0);
const grace = participant(1, { name: "Grace", screen: true });
const alan = participant(2, { name: "Alan" });
const all = meeting({ participants: [you, grace, alan] });
const camera = (one: { readonly id: string }) => ({ participant: one.id, slot: "camera" }) as const;
const screen = (one: { readonly id: string }) => ({ participant: one.id, slot: "screen" }) as const;

/** What the page asks of an element that has the focus. */
function inside(pin: string, participant: string): Element {
	const said: Record<string, string> = { "data-pin": pin, "data-participant": participant };
	const picture = { getAttribute: (name: string) => said[name] };
	return { closest: () => picture } as unknown as Element;
}

beforeEach(() => leaveUi(fakePage()));

describe("pinning", () => {
	it("holds one person or one screen, says so, and lets go when asked again", () => {
		const page = fakePage();
		togglePin(page, all, camera(grace));
		expect(pinnedIn(all)).toEqual(camera(grace));
		expect(isPinned(all, grace.id, "screen")).toBe(false);
		expect(news.value).toBe("Grace is pinned");
		togglePin(page, all, screen(grace));
		expect([isPinned(all, grace.id, "camera"), isPinned(all, grace.id, "screen")]).toEqual([
			false,
			true,
		]);
		expect(news.value).toBe("Screen of Grace is pinned");
		togglePin(page, all, screen(grace));
		expect([pinned.value, news.value]).toEqual([null, "Screen of Grace is not pinned any more"]);
	});

	it("brings what is pinned into sight", () => {
		const page = fakePage();
		const { preferences } = page.state;
		const panels = { ...preferences.value.panels, people: false };
		preferences.value = { ...preferences.value, panels };
		tab.value = "chat";
		togglePin(page, all, camera(alan));
		expect(preferences.value.panels.people).toBe(true);
		expect(tab.value).toBe("people");
		expect(contentAside.value).toBe(false);
		togglePin(page, all, screen(grace));
		expect(contentAside.value).toBe(true);
	});

	it("outlives a lost connection, and not that somebody leaves or ends the screen", () => {
		togglePin(fakePage(), all, screen(grace));
		const away = { ...grace, away: true };
		expect(pinnedIn(meeting({ participants: [you, away] }))).not.toBeNull();
		expect(pinnedIn(meeting({ participants: [you], missing: [grace] }))).not.toBeNull();
		expect(pinnedIn(meeting({ participants: [you, { ...grace, screen: false }] }))).toBeNull();
		expect(pinnedIn(meeting({ participants: [you, alan] }))).toBeNull();
		expect(pinnedIn(all)).toEqual(screen(grace));
	});

	it("is over when the screen ends, and not while nobody knows", () => {
		const over = (...others: (typeof you)[]) =>
			hasEnded(meeting({ participants: [you, ...others] }), screen(grace));
		expect(over({ ...grace, screen: false })).toBe(true);
		expect([over(grace), over(alan)]).toEqual([false, false]);
		expect(hasEnded(meeting({ participants: [you] }), camera(grace))).toBe(false);
	});

	it("is not of what is not there", () => {
		const page = fakePage();
		togglePin(page, all, screen(alan));
		togglePin(page, all, camera(participant(9)));
		expect([pinned.value, news.value]).toEqual([null, null]);
	});

	it("does not go along into the next meeting", () => {
		const page = fakePage();
		togglePin(page, all, camera(alan));
		leaveUi(page);
		expect(pinned.value).toBeNull();
	});
});

describe("pinning by key", () => {
	it("takes what has the focus before everything", () => {
		const page = fakePage();
		page.state.activeSpeaker.value = alan.id;
		togglePinByKey(page, all, inside("screen", grace.id));
		expect(pinned.value).toEqual(screen(grace));
		togglePinByKey(page, all, inside("camera", alan.id));
		expect(pinned.value).toEqual(camera(alan));
		togglePinByKey(page, all, inside("camera", alan.id));
		expect(pinned.value).toBeNull();
	});

	it("takes who speaks, and lets go of whom it holds, whoever speaks then", () => {
		const page = fakePage();
		page.state.activeSpeaker.value = alan.id;
		togglePinByKey(page, all, null);
		expect(pinned.value).toEqual(camera(alan));
		page.state.activeSpeaker.value = grace.id;
		togglePinByKey(page, all, null);
		expect(pinned.value).toBeNull();
	});

	it("takes somebody else when nobody has spoken, and never oneself", () => {
		const page = fakePage();
		togglePinByKey(page, all, null);
		expect(pinned.value).toEqual(camera(grace));
		pinned.value = null;
		togglePinByKey(page, meeting({ participants: [you] }), null);
		expect(pinned.value).toBeNull();
	});
});
