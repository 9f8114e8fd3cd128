/** Nederlands: over de weg naar één persoon. */
import type { ConnectionWords } from "./connection.en";

export const connection: ConnectionWords = {
	paths: { direct: "Direct", relayed: "Via de server" },
	reasons: {
		direct: "Beeld en geluid gaan rechtstreeks van browser naar browser.",
		relayed: "Deze server geeft beeld en geluid door.",
		failed:
			"Jullie browsers vonden geen rechtstreekse weg naar elkaar, dus geeft deze server beeld en geluid door.",
		degraded:
			"De rechtstreekse weg was te lang slecht, dus geeft deze server beeld en geluid door.",
		crowd:
			"Er zijn hier veel mensen, dus geeft deze server beeld en geluid door: zo hoeft niemand ze naar iedereen te sturen.",
		setting:
			"Deze server geeft beeld en geluid altijd door, zodat niemand je netwerkadres te weten komt.",
	},
	details: "Over de verbinding",
	title: (name) => `Verbinding met ${name}`,
	none: "Er is nu geen verbinding.",
	path: "Weg",
	quality: "Kwaliteit",
	qualities: { good: "Goed", fair: "Matig", poor: "Slecht" },
	picture: "Beeld",
	lines: (height) => `${height} lijnen`,
	bitrate: "Ontvangen",
	loss: "Verloren",
	roundTrip: { direct: "Heen en terug", relayed: "Naar de server en terug" },
	relayFails:
		"De weg via deze server werkt nu niet, en de pagina blijft het proberen. Probeer het opnieuw, of gebruik een ander netwerk.",
	unsent: (why) => `Niet iedereen kan je zien en horen. ${why}`,
	notRelayed: (name, why) => `Geen beeld of geluid van ${name}. ${why}`,
};
