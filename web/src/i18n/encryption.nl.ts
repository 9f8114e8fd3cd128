/** Nederlands: wat mensen zien van de versleuteling van beeld en geluid. */
import type { EncryptionWords } from "./encryption.en";

export const encryption: EncryptionWords = {
	title: "Versleuteling",
	status: {
		encrypted:
			"Beeld en geluid zijn versleuteld tussen de browsers van de mensen hieronder. De server heeft geen sleutel.",
		stranger:
			"Beeld en geluid zijn versleuteld tussen de browsers van de mensen hieronder. Iemand komt met een ander apparaat dan eerder.",
		pending:
			"De sleutels zijn onderweg, of van iemand kwam nog niets aan. Zonder sleutel wordt niets verstuurd of getoond.",
		untrue:
			"De server zei iets over iemands sleutels dat niet klopt. Wie het betreft, krijgt geen sleutels.",
		impossible:
			"Deze browser kan beeld en geluid niet versleutelen, en verstuurt en ontvangt ze dus niet. De chat werkt. Een recente versie van Firefox, Chrome, Edge of Safari kan het wel.",
	},
	untrue: (name) =>
		`Wat de server over de sleutels van ${name} zegt, klopt niet, of was eerder iets anders.`,
	code: "Veiligheidscode",
	how: "Lees hem aan elkaar voor. Heeft iedereen dezelfde cijfers, dan zit er niemand tussen en luistert niemand mee dan de mensen hieronder.",
	markCompared: "Markeren als vergeleken",
	compared: "Je hebt hem vergeleken met de mensen die er nu zijn.",
	people: "In de sleutels",
	you: "Jij",
	notYet: "Sleutels nog niet uitgewisseld",
	recognised: {
		same: "Zelfde apparaat als de vorige keer",
		other: "Niet het apparaat van de vorige keer",
		new: "",
	},
	stranger: (name) =>
		`Iemand die ${name} heet was hier eerder, met een ander apparaat. Vergelijk de veiligheidscode om zeker te weten wie het is.`,
	changes: "Wat er veranderde",
	came: (name) => `${name} kwam in de sleutels`,
	left: (name) => `${name} is niet meer in de sleutels`,
};
