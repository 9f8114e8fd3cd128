/** The colours of the theme as it is now, as a canvas needs them. */
import { COLOURS, type Colour } from "./model";
import type { Palette } from "./paint";

/** `probes`: has an element for each colour, by its data-colour. */
export function paletteFrom(probes: HTMLElement): Palette {
	const of = (name: string) => {
		const probe = probes.querySelector(`[data-colour="${name}"]`);
		return probe ? getComputedStyle(probe).color : "CanvasText";
	};
	const all = (prefix: string) =>
		Object.fromEntries(COLOURS.map((name) => [name, of(prefix + name)])) as Record<Colour, string>;
	return {
		colours: all(""),
		note: all("note-"),
		paper: of("paper"),
		lines: of("lines"),
		accent: of("accent"),
		font: getComputedStyle(probes).fontFamily,
	};
}
