import { describe, expect, it } from "vitest";
import { en } from "../../src/i18n/en";
import type { KnockState } from "../../src/state/door";
import { HALL } from "../../src/state/door";
import type { Stage } from "../../src/state/model";
import { opensOf } from "../../src/views/hall/known";
import { ownPath } from "../../src/views/hall/picture";
import { answerOf } from "../../src/views/lobby/callBack";
import { statusOf } from "../../src/views/lobby/Status";
import { titleOf } from "../../src/views/title";
import { door } from "../fakes/door";
import { meeting, message, room } from "../fakes/meeting";
import { fakePage } from "../fakes/page";

type LobbyStage = Extract<Stage, { readonly name: "lobby" }>;

function lobby(change: Partial<KnockState> | null = {}): LobbyStage {
	const knock: KnockState = {
		state: "waiting",
		ahead: 0,
		hostPresent: false,
		told: false,
		since: 0,
		...change,
	};
	return {
		name: "lobby",
		door: door(),
		knock: change === null ? null : knock,
		online: true,
		sentBack: false,
		refusal: null,
	};
}
const joining: Stage = { name: "joining", door: null, from: "lobby" };

describe("the status", () => {
	const said = (change: Partial<KnockState>) =>
		Object.values(statusOf(lobby(change), en.lobby)).join(" ");

	it("says whether a host is there and whether somebody was told, then how it stands", () => {
		expect(said({})).toMatch(/Nobody is here.*keep your place.*Waiting/u);
		expect(said({ told: true })).toMatch(/Nobody is here.*We told the host.*Waiting/u);
		expect(said({ hostPresent: true })).toMatch(/A host is here.*Waiting/u);
		expect(said({ hostPresent: true, state: "asked to wait" })).toMatch(/A host is here.*Waiting/u);
	});

	it("says no more about hosts once there is an answer", () => {
		expect(said({ state: "turned away" })).toMatch(/^ ?Turned away/u);
		expect(said({ state: "lapsed" })).toMatch(/^ ?Your knock is over/u);
		expect(said({ state: "room full" })).toMatch(/^ ?Waiting: the room is full.*as soon as/u);
		expect(said({ state: "deleted" })).toMatch(/^ ?The room was deleted/u);
		expect(statusOf(joining, en.lobby)).toMatchObject({ host: null, state: "Admitted" });
	});

	it("says that a knock is on its way", () => {
		expect(statusOf(lobby(null), en.lobby).state).toBe("Knocking…");
	});
});

describe("being called", () => {
	it("happens for every answer, once", () => {
		expect(answerOf(lobby(), joining, en)).toBe("Admitted");
		expect(answerOf(lobby(), lobby({ state: "turned away" }), en)).toBe("Turned away");
		expect(answerOf(lobby(), lobby({ state: "asked to wait" }), en)).toMatch(/^Waiting: /u);
		const away = lobby({ state: "turned away" });
		expect(answerOf(away, { ...away, online: false }, en)).toBeNull();
	});

	it("does not happen for what is no answer", () => {
		expect(answerOf(lobby(null), lobby(), en)).toBeNull();
		expect(answerOf(lobby(), lobby({ ahead: 3, hostPresent: true }), en)).toBeNull();
		expect(answerOf(HALL, joining, en)).toBeNull();
		expect(answerOf(lobby(), HALL, en)).toBeNull();
	});
});

describe("the title of the tab", () => {
	it("says first what waits for the person", () => {
		const { state } = fakePage("garden");
		const titled = (stage: Stage) => {
			state.stage.value = stage;
			return titleOf(state, en);
		};
		expect(titled(HALL)).toBe("garden · meetd");
		expect(titled(lobby(null))).toBe("Waiting · garden · meetd");
		expect(titled(lobby({ state: "asked to wait" }))).toBe("Waiting · garden · meetd");
		expect(titled(lobby({ state: "turned away" }))).toBe("Turned away · garden · meetd");
		expect(titled(joining)).toBe("Admitted · garden · meetd");
		const chat = { ...meeting().chat, messages: [message(1)] };
		const inside = meeting({ chat, room: room({ name: "attic" }) });
		expect(titled({ name: "in", meeting: inside, connection: { name: "online" } })).toBe(
			"(1) attic · meetd",
		);
	});

	it("says whose reception it is", () => {
		const { state } = fakePage("ada");
		expect(titleOf({ ...state, kind: "reception" }, en)).toBe("Reception of ada · meetd");
	});
});

describe("the button of the hall", () => {
	const hall = (change: Partial<Extract<Stage, { name: "hall" }>>): Stage => ({
		...HALL,
		...change,
	});

	it("does what the door asks for", () => {
		expect(opensOf(hall({ door: door({ opens: "knock" }) }), "room")).toBe("knock");
		expect(opensOf(hall({ door: door({ opens: "join" }) }), "room")).toBe("join");
	});

	it("leads in whoever is let in, though the door is closed for others", () => {
		const closed = door({ opens: "knock" });
		expect(opensOf(hall({ door: closed, arriving: "let in" }), "room")).toBe("join");
	});

	it("does what is most likely while nothing is known", () => {
		expect(opensOf(HALL, "room")).toBe("join");
		expect(opensOf(HALL, "reception")).toBe("knock");
	});
});

it("shows pictures of this server only", () => {
	expect(ownPath("/images/garden.jpg?v=2")).toBe("/images/garden.jpg?v=2");
	for (const foreign of [
		"",
		undefined,
		"//evil.example/x",
		"/\\evil.example",
		"https://x",
		"data:,",
	]) {
		expect(ownPath(foreign), foreign).toBeNull();
	}
});
