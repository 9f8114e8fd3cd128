import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readMet, withMet, writeMet } from "../../src/actions/met_devices";
import { MOST_MET } from "../../src/state/devices";
import { FakeClock } from "../fakes/clock";
import { FakeStorage } from "../fakes/storage";

const device = (index: number) => String(index).padStart(43, "d");

beforeEach(() => void vi.stubGlobal("localStorage", new FakeStorage()));
afterEach(() => vi.unstubAllGlobals());

it("keeps devices, newest first and under their latest name, and forgets the oldest", () => {
	const clock = new FakeClock();
	let met = readMet();
	for (let index = 0; index <= MOST_MET; index += 1)
		met = withMet(met, device(index), `n${index}`, clock);
	met = withMet(met, device(7), "Ada", clock);
	writeMet(met);
	expect(readMet()).toHaveLength(MOST_MET);
	expect(readMet()[0]).toMatchObject({ device: device(7), name: "Ada" });
	expect(readMet().filter((one) => one.device === device(7))).toHaveLength(1);
	expect(readMet().some((one) => one.device === device(0))).toBe(false);
});

it.each([
	["nothing", "{}"],
	["no list", '{"met":{"length":3}}'],
	["no JSON", "{"],
	["no devices", '{"met":[null,7,{"device":"short","name":"Ada","at":1},{"name":"Ada","at":1}]}'],
	["a name that is none", `{"met":[{"device":"${device(1)}","name":{},"at":1}]}`],
	["a time that is none", `{"met":[{"device":"${device(1)}","name":"Ada","at":"now"}]}`],
	["a name without end", `{"met":[{"device":"${device(1)}","name":"${"x".repeat(201)}","at":1}]}`],
])("takes %s for nobody", (_, stored) => {
	localStorage.setItem("meetd.met", stored);
	expect(readMet()).toEqual([]);
});
