/** Dates and times as people read them, in the language of the page. */
import { language, words } from "./index";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	// Region from the browser (24 or 12 hours), words from the page: "en" alone would mean American.
	const locale =
		navigator.languages.find((wish) => wish.startsWith(language.value)) ?? language.value;
	const known = formats.get(locale + key);
	if (known) return known;
	const made = new Intl.DateTimeFormat(locale, options);
	formats.set(locale + key, made);
	return made;
}

export function clockTime(at: number): string {
	return format("time", { hour: "numeric", minute: "2-digit" }).format(at);
}

export function fullTime(at: number): string {
	return format("full", { dateStyle: "full", timeStyle: "short" }).format(at);
}

/** A number that is the same for two moments of one day in the person's own time zone. */
export function dayOf(at: number): number {
	const date = new Date(at);
	return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}

export function dayName(at: number, now: number): string {
	const yesterday = new Date(now);
	yesterday.setDate(yesterday.getDate() - 1);
	if (dayOf(at) === dayOf(now)) return words.value.chat.today;
	if (dayOf(at) === dayOf(yesterday.getTime())) return words.value.chat.yesterday;
	const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
	return sameYear
		? format("day", { weekday: "long", day: "numeric", month: "long" }).format(at)
		: format("date", { day: "numeric", month: "long", year: "numeric" }).format(at);
}

/** The time of today, and the day of what is older. */
export function shortTime(at: number, now: number): string {
	if (dayOf(at) === dayOf(now)) return clockTime(at);
	return format("short", { day: "numeric", month: "short", year: "numeric" }).format(at);
}
