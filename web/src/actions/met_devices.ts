/** Devices that this browser met in meetings, and under which names. What is read is not believed. */
import type { Clock } from "../core/clock";
import { type Met, MOST_MET } from "../state/devices";
import { load, save, short } from "./storage";

const MET_KEY = "meetd.met";
const LONGEST_NAME = 200;

export function readMet(): readonly Met[] {
	const { met } = load<{ met: unknown }>(MET_KEY);
	if (!Array.isArray(met)) return [];
	return met.flatMap((one: unknown) => checked(one)).slice(0, MOST_MET);
}

export function writeMet(met: readonly Met[]): void {
	save(MET_KEY, { met });
}

/** Newest first. */
export function withMet(
	before: readonly Met[],
	device: string,
	name: string,
	clock: Clock,
): readonly Met[] {
	const others = before.filter((one) => one.device !== device);
	return [{ device, name, at: clock.now() }, ...others].slice(0, MOST_MET);
}

function checked(one: unknown): readonly Met[] {
	if (typeof one !== "object" || one === null) return [];
	const { device, name, at } = one as { readonly [Key in keyof Met]?: unknown };
	const read = short(name, LONGEST_NAME);
	if (typeof device !== "string" || !/^[\w-]{43}$/.test(device)) return [];
	return read === null || typeof at !== "number" ? [] : [{ device, name: read, at }];
}
