/** English: whiteboards. Loaded with the first one that is opened. */
import { pluralsOf } from "../../i18n/plurals";

const plural = pluralsOf("en");

export const en = {
	tools: "Tools",
	tool: {
		select: "Select",
		pan: "Move the view",
		pen: "Pen",
		marker: "Marker",
		highlighter: "Highlighter",
		line: "Line",
		arrow: "Arrow",
		rectangle: "Rectangle",
		ellipse: "Ellipse",
		text: "Text",
		note: "Sticky note",
		eraser: "Eraser",
	},
	colour: "Colour",
	colours: {
		ink: "Ink",
		red: "Red",
		orange: "Orange",
		yellow: "Yellow",
		green: "Green",
		blue: "Blue",
		violet: "Violet",
	},
	thickness: "Thickness",
	thicknesses: { thin: "Thin", medium: "Medium", thick: "Thick" },
	undo: "Undo",
	redo: "Redo",
	zoomIn: "Larger",
	zoomOut: "Smaller",
	fit: "Show everything",
	background: "Paper",
	backgrounds: { plain: "Plain", grid: "Squares", lines: "Lines", dots: "Dots" },
	savePng: "Save as PNG",
	saveSvg: "Save as SVG",
	objects: "List of objects",
	count: (count: number) => plural(count, { one: "1 object", other: `${count} objects` }),
	more: "Show more",
	empty: "Nothing is drawn yet.",
	object: (kind: string, colour: string) => `${kind}, ${colour.toLowerCase()}`,
	writing: (kind: string, text: string) => `${kind}: ${text}`,
	remove: "Delete what is selected",
	edit: "Edit the text",
	listKeys: "Arrow keys move what is selected, Delete removes it.",
	paper: (name: string) =>
		`Drawing surface of ${name}. Enter puts a shape, a text or a note in the middle; arrow keys move what is selected, or the view.`,
	textField: "Text on the whiteboard",
	loading: "Loading the whiteboard…",
	offline: "You are offline. What you draw is kept here and sent when you are back.",
	saving: "Saving…",
	saved: "Everything is saved",
	notShared: "Not shared",
	notSharedYet: (name: string) => `${name} (not shared)`,
	waits: "What you drew since then is only here, and is shared as soon as that is possible.",
	takeBack: "Take it back",
	takenBack: (count: number) =>
		plural(count, {
			one: "1 drawing of yours could not be shared and was taken back.",
			other: `${count} drawings of yours could not be shared and were taken back.`,
		}),
	mayNotDraw: "You can look at this whiteboard, but not draw on it now.",
	failed: "The whiteboard could not be shown.",
	selected: (name: string) => `Selected: ${name}`,
	added: (name: string) => `Added: ${name}`,
	removed: (count: number) =>
		plural(count, { one: "1 object deleted", other: `${count} objects deleted` }),
};

export type BoardWords = typeof en;
