/** Nederlands: wat gastheren in een bijeenkomst doen, en wat iedereen daarvan ziet. */
import type { HostingWords } from "./hosting.en";
import { pluralsOf } from "./plurals";

const plural = pluralsOf("nl");

export const hosting: HostingWords = {
	roles: { host: "Gastheer", support: "Ondersteuning" },
	locked: "Op slot",
	presenterMode: "Presentatiestand",
	nowLocked: "De kamer is op slot",
	nowUnlocked: "De kamer is van het slot",
	presenterModeOn: "De presentatiestand is aan",
	presenterModeOff: "De presentatiestand is uit",
	support: (name) => `${name} is hier voor ondersteuning van deze server.`,
	supportReason: (reason) => `De opgegeven reden: ${reason}`,
	supportYou:
		"Je bent hier voor ondersteuning van deze server. Iedereen in de kamer ziet dat zolang je er bent.",
	options: (name) => `Opties voor ${name}`,
	room: "Kamer",
	cancel: "Annuleren",
	mute: "Microfoon uitzetten",
	askToUnmute: "Vragen om microfoon aan te zetten",
	sendToLobby: "Naar de wachtruimte sturen",
	remove: "Verwijderen",
	makeHost: "Gastheer maken",
	makeGuest: "Gast maken",
	lock: "Kamer op slot doen",
	unlock: "Kamer van het slot doen",
	roomSettings: "Instellingen van de kamer",
	clearContent: "Inhoud wissen",
	clearHow:
		"Wat je aanvinkt gaat voor iedereen en voorgoed weg. De kamer blijft, met zijn mensen en instellingen.",
	clearWhat: "Wat weg gaat",
	clearAtEnd:
		"Alles blijft in de kamer voor de volgende keer. Vink aan wat met de bijeenkomst weg gaat",
	clearFiles: (count, size) =>
		plural(count, { one: `1 bestand, ${size}`, other: `${count} bestanden, ${size}` }),
	clearChat: "Alles wat in de chat gezegd is, ook privéberichten van anderen",
	resetRoom: "Kamer leegmaken",
	resetRoomHow:
		"De bladzijde daarvoor opent in een nieuw tabblad. Daar vink je aan wat voorgoed weg gaat: bestanden, whiteboards, chat, uitnodigingslinks, toegang, activiteit. De kamer blijft.",
	deleteRoom: "Kamer verwijderen",
	deleteRoomHow:
		"De kamer verdwijnt met alles erin, voor iedereen. De pagina ervan gaat open in een nieuw tabblad, waar je het bevestigt; tot dan gaat het gesprek door.",
	muteEverybody: "Alle microfoons uitzetten",
	endForEverybody: "Beëindigen voor iedereen",
	endForOthers: "Alleen voor de anderen beëindigen",
	hints: {
		presenterModeOn: "Staat aan: alleen gastheren delen. Druk om uit te zetten.",
		presenterModeOff: "Staat uit. Als hij aan staat, delen alleen gastheren.",
	},
	consequences: {
		lock: "Wie vanaf nu komt, klopt eerst aan tot een gastheer opendoet. Wie in de kamer is, blijft.",
		unlock:
			"Iedereen met de link komt binnen zonder aankloppen. Wie voor de deur wacht, komt nu binnen.",
		presenterModeOn: "Alleen gastheren zullen delen, en schermen van anderen stoppen meteen.",
		presenterModeOff:
			"De anderen kunnen dan weer delen, voor zover de instellingen van de kamer dat toelaten.",
		muteEverybody:
			"De microfoons van iedereen behalve de gastheren gaan uit. Ze kunnen die zelf weer aanzetten.",
		end: "Iedereen verlaat de kamer, jij ook.",
		endForOthers: "Jij blijft. Alle anderen verlaten de kamer.",
		knockToReturn: "De kamer is op slot: wie terug wil komen, klopt eerst aan.",
		linkToReturn: "De kamer is niet op slot: wie de link heeft, kan terugkomen.",
		remove: (name) => `${name} verlaat de kamer meteen.`,
		sendToLobby: (name) =>
			`${name} verlaat de kamer en wacht in de wachtruimte tot een gastheer antwoordt.`,
	},
	notOwned: "Deze kamer is van niemand en heeft dus geen deur.",
	notLocked: "De kamer is niet op slot, dus er wacht niemand voor de deur.",
	mutedBy: (name) => `${name} zette je microfoon uit. Je kunt hem weer aanzetten.`,
	asksYou: (names, several) =>
		`${names} ${several ? "vragen" : "vraagt"} je de microfoon aan te zetten.`,
	turnOn: "Aanzetten",
	notNow: "Niet nu",
	asked: (name) => `Aan ${name} is gevraagd de microfoon aan te zetten`,
	hostNow:
		"Je bent nu gastheer van deze kamer: je doet de deur open en helpt de mensen in de kamer.",
	guestNow: "Je bent geen gastheer van deze kamer meer.",
	screenStopped: "Je scherm wordt niet meer gedeeld.",
	noScreen: {
		"presenter mode": "De presentatiestand is aan: alleen gastheren delen nu een scherm.",
		"hosts only": "In deze kamer delen alleen gastheren een scherm.",
	},
	noChat: "In deze kamer schrijven alleen gastheren in de chat.",
	notAsked:
		"De server antwoordde niet, dus er is niets veranderd. Probeer het opnieuw als de verbinding terug is.",
	refusedRename: (why) => `Je naam blijft zoals hij was. ${why}`,
	invite: {
		locked:
			"De kamer is op slot: wie met deze link komt, klopt eerst aan en een gastheer doet open. De link blijft dezelfde zolang de kamer bestaat.",
		alone: "Stuur ze de link. De kamer is op slot: ze kloppen aan en jij doet open.",
		aloneGuest: "Stuur ze de link. De kamer is op slot: ze kloppen aan en een gastheer doet open.",
	},
};
