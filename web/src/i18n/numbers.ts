/** Measures as people read them, in the language of the page. */
import { language } from "./index";

function written(value: number, options: Intl.NumberFormatOptions): string {
	return new Intl.NumberFormat(language.value, options).format(value);
}

export function fraction(value: number): string {
	return written(value, { style: "percent", maximumFractionDigits: 1 });
}

export function milliseconds(value: number): string {
	return written(value, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
}

/** Bits per second. */
export function bitrate(value: number): string {
	const mega = value >= 1_000_000;
	const unit = mega ? "megabit-per-second" : "kilobit-per-second";
	return written(value / (mega ? 1_000_000 : 1_000), {
		style: "unit",
		unit,
		maximumFractionDigits: mega ? 1 : 0,
	});
}
