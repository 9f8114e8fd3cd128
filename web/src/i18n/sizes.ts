/** Sizes of files as people read them; a megabyte is 1,000,000 bytes, as on disks. */
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export function sizesOf(language: string): (bytes: number) => string {
	const formats = UNITS.map(
		(unit, power) =>
			new Intl.NumberFormat(language, {
				style: "unit",
				unit,
				unitDisplay: power === 0 ? "long" : "short",
				maximumFractionDigits: power < 2 ? 0 : 1,
			}),
	);
	return (bytes) => {
		let power = 0;
		// 999,950 bytes would be written as 1000 kB.
		while (power < UNITS.length - 1 && bytes >= 999.5 * 1_000 ** power) power += 1;
		return formats[power]?.format(bytes / 1_000 ** power) ?? "";
	};
}
