/**
 * Readers of parsed JSON: each takes a value that a peer made and returns one that we made, field by
 * field, or throws `Misfit`. Nothing of the peer's objects is kept, so that neither unknown fields nor
 * a `__proto__` among them get any further.
 */

export class Misfit extends Error {}

export interface Reader<T> {
	(value: unknown): T;
	/** Never there: of exactly this type, so that a word that is left out does not compile. */
	readonly of?: (value: T) => void;
}

export const text: Reader<string> = (value) => {
	if (typeof value !== "string") throw new Misfit("not a string");
	return value;
};

export const number: Reader<number> = (value) => {
	if (typeof value !== "number" || !Number.isFinite(value)) throw new Misfit("not a number");
	return value;
};

export const flag: Reader<boolean> = (value) => {
	if (typeof value !== "boolean") throw new Misfit("not a boolean");
	return value;
};

/** Missing reads as null. */
export function orNull<T>(reader: Reader<T>): Reader<T | null> {
	return (value) => (value === undefined || value === null ? null : reader(value));
}

export function list<T>(reader: Reader<T>): Reader<readonly T[]> {
	return (value) => {
		if (!Array.isArray(value)) throw new Misfit("not an array");
		return value.map((item) => reader(item));
	};
}

export function oneOf<const Words extends readonly string[]>(
	...allowed: Words
): Reader<Words[number]> {
	return (value) => {
		const found = allowed.find((one) => one === value);
		if (found === undefined) throw new Misfit("not one of the known words");
		return found;
	};
}

/** The own property `key` of a parsed object; undefined when there is none. */
export function field(value: unknown, key: string): unknown {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new Misfit("not an object");
	}
	return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

export function shape<T extends object>(
	fields: {
		readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>>;
	},
): Reader<T> {
	const keys = Object.keys(fields) as (keyof T & string)[];
	return (value) => {
		const made: Partial<T> = {};
		for (const key of keys) made[key] = fields[key](field(value, key));
		return made as T;
	};
}
