import { describe, expect, it } from "vitest";
import {
	choosePath,
	needsDirect,
	needsRelay,
	type PathMedia,
	stateOf,
} from "../../src/media/path_choice";
import { UNMEASURED } from "../../src/media/quality";
import type { PathState } from "../../src/state/media";
import type { Path } from "../../src/state/model";

const media = (state: PathState, arrived = state === "connected"): PathMedia => ({
	state,
	arrived,
	streams: null,
	measured: UNMEASURED,
});
const told = (path: Path["path"], state: PathState, why: Path["why"] = ""): Path => ({
	path,
	state,
	why,
});

describe("what is shown", () => {
	it.each([
		[
			"stays until the relay brings something",
			"direct",
			"relayed",
			media("connected"),
			media("connected", false),
			"direct",
		],
		[
			"is relayed once it does",
			"direct",
			"relayed",
			media("connected"),
			media("connected"),
			"relayed",
		],
		[
			"stays relayed until the direct path brings something",
			"relayed",
			"direct",
			media("connected", false),
			media("connected"),
			"relayed",
		],
		[
			"is direct once it does",
			"relayed",
			"direct",
			media("connected"),
			media("connected"),
			"direct",
		],
		[
			"is what works, when the wanted path does not",
			"relayed",
			"relayed",
			media("connected"),
			media("failed", false),
			"direct",
		],
		["is what is left", "direct", "relayed", null, media("connecting", false), "relayed"],
		["is what is wanted, when there is nothing", "direct", "relayed", null, null, "relayed"],
	] as const)("%s", (_, shown, wanted, direct, relayed, chosen) => {
		expect(choosePath(shown, wanted, { direct, relayed })).toBe(chosen);
	});
});

describe("how a path does, as the person sees it", () => {
	it.each([
		[
			"works over either",
			media("failed"),
			media("connected"),
			told("relayed", "connecting"),
			true,
			"connected",
		],
		[
			"works while the relay is being built",
			media("connected"),
			media("connecting"),
			told("relayed", "connecting"),
			true,
			"connected",
		],
		[
			"is no failure while the server may still relay it",
			media("failed"),
			null,
			null,
			true,
			"connecting",
		],
		[
			"is one when the server says so",
			media("failed"),
			null,
			told("direct", "failed"),
			true,
			"failed",
		],
		["is one when the server cannot be asked", media("failed"), null, null, false, "failed"],
		[
			"fails with the relay",
			media("failed"),
			media("failed"),
			told("relayed", "failed", "failed"),
			true,
			"failed",
		],
		["begins", null, null, null, true, "connecting"],
		[
			"begins at the relay",
			null,
			null,
			told("relayed", "connecting", "setting"),
			true,
			"connecting",
		],
	] as const)("%s", (_, direct, relayed, path, online, state) => {
		expect(stateOf({ direct, relayed }, path, online)).toBe(state);
	});
});

describe("a direct path", () => {
	it.each([
		["is built unless something else is said", null, null, true],
		["is built when the server wants it", told("direct", "connecting"), null, true],
		[
			"is kept until the relay has taken over",
			told("relayed", "connecting", "crowd"),
			media("connected"),
			true,
		],
		[
			"is kept trying where it failed",
			told("relayed", "connecting", "failed"),
			media("failed"),
			true,
		],
		[
			"ends when the relay has taken over",
			told("relayed", "connected", "crowd"),
			media("connected"),
			false,
		],
		[
			"is not waited for in a crowd",
			told("relayed", "connecting", "crowd"),
			media("connecting"),
			false,
		],
		["is not begun while the relay is", told("relayed", "connecting", "failed"), null, false],
		[
			"is never built by such a server",
			told("relayed", "connecting", "setting"),
			media("connecting"),
			false,
		],
	] as const)("%s", (_, path, direct, needed) => {
		expect(needsDirect(path, direct)).toBe(needed);
	});
});

describe("the relay", () => {
	it.each([
		["is used when the server wants it", told("relayed", "connecting", "failed"), null, true],
		["goes on until the direct path does", told("direct", "connecting"), media("connected"), true],
		[
			"ends when the direct path has taken over",
			told("direct", "connected"),
			media("connected"),
			false,
		],
		[
			"is not kept when it carries nothing",
			told("direct", "connecting"),
			media("connecting"),
			false,
		],
		["is not used without a word", null, null, false],
	] as const)("%s", (_, path, relayed, needed) => {
		expect(needsRelay(path, relayed)).toBe(needed);
	});
});
