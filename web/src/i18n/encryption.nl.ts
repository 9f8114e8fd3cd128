/** Nederlands: wat mensen zien van de versleuteling van beeld en geluid. */
import type { EncryptionWords } from "./encryption.en";

const list = (names: readonly string[]) => new Intl.ListFormat("nl").format(names);

export const encryption: EncryptionWords = {
	title: "Versleuteling",
	status: {
		encrypted:
			"Beeld en geluid zijn versleuteld tussen de browsers van de mensen hieronder. De server heeft geen sleutel.",
		stranger: "Iemand komt met een ander apparaat dan eerder. Vergelijk de veiligheidscode.",
		pending: "De sleutels zijn onderweg. Zonder sleutel wordt niets verstuurd of getoond.",
		untrue:
			"De server zei iets over iemands sleutels dat niet klopt. Wie het betreft, krijgt geen sleutels.",
		impossible:
			"Deze browser kan beeld en geluid niet versleutelen, en verstuurt en ontvangt ze dus niet. De chat werkt. Een recente versie van Firefox, Chrome, Edge of Safari kan het wel.",
	},
	mark: {
		encrypted: "Versleuteld",
		compared: "Vergeleken",
		stranger: "Controleer",
		pending: "Wacht",
		untrue: "Controleer",
		impossible: "Kan niet",
	},
	marked: (state) => `Versleuteling: ${state}`,
	silent: (names) => `Van ${list(names)} kwam nog niets aan dat met de huidige sleutels opengaat.`,
	untrue: (name) =>
		`Wat de server over de sleutels van ${name} zegt, klopt niet, of was eerder iets anders.`,
	code: "Veiligheidscode",
	how: "Lees hem aan elkaar voor aan de telefoon of onder vier ogen, niet in deze chat. Heeft iedereen dezelfde cijfers, dan zit er niemand tussen en luistert niemand mee dan de mensen hieronder.",
	markCompared: "Markeren als vergeleken",
	compared: (names, at) => `Je hebt deze om ${at} vergeleken met ${list(names)}.`,
	comparedBefore: (names, at) => `Je hebt de vorige code om ${at} vergeleken met ${list(names)}.`,
	newCode: (came, left) => {
		const parts = [
			...(left.length > 0 ? [`${list(left)} ${left.length > 1 ? "gingen" : "ging"} weg, `] : []),
			...(came.length > 0 ? [`${list(came)} ${came.length > 1 ? "kwamen" : "kwam"}, `] : []),
		];
		return `${parts.length > 0 ? `${parts.join("")}dus de` : "De"} code is nieuw. Vergelijk deze.`;
	},
	people: "Wie kan zien en horen",
	you: "Jij",
	notYet: "Sleutels nog niet uitgewisseld",
	recognised: {
		same: "Zelfde apparaat als de vorige keer",
		other: "Niet het apparaat van de vorige keer",
		new: "",
	},
	stranger: (name) =>
		`Iemand die ${name} heet was hier eerder, met een ander apparaat. Vergelijk de veiligheidscode om zeker te weten wie het is.`,
	cannot: "Wie niet kan zien en horen",
	noKeys: "Van deze browser kwamen geen sleutels",
	keyless: (name) =>
		`Jij en ${name} zien en horen elkaar niet: van die browser kwamen geen sleutels, waarschijnlijk omdat hij niet kan versleutelen. De chat werkt.`,
	known: "Laat anderen dit apparaat herkennen",
	knownHint:
		"Wie je in deze browser eerder ontmoette, ziet ‘Zelfde apparaat als de vorige keer’, onder welke naam dan ook. Uit: zij horen dat het niet het apparaat van de vorige keer is. Geldt vanaf de volgende keer dat je een kamer binnengaat.",
	changes: "Wat er veranderde",
	came: (name, at) => `${name} kan zien en horen sinds ${at}`,
	left: (name, at) => `${name} kan niet meer zien en horen sinds ${at}`,
};
