/** Nederlands: aankloppen, wachten, en wat ervan komt. */
import type { lobby as english } from "./lobby.en";
import { pluralsOf } from "./plurals";

const plural = pluralsOf("nl");

export const lobby: typeof english = {
	visiting: "Je klopt aan bij",
	reception: (name) => `Receptie van ${name}`,
	receptionHow: "Klop hier aan, dan kom je vanzelf in de juiste kamer.",
	looking: "Kijken of de deur open is…",
	knock: "Aankloppen",
	message: "Bericht aan de gastheer",
	messageHint: "Als je wilt: wie je bent en waarvoor je komt.",
	sendPicture: "Foto meesturen",
	sendPictureHint:
		"Gastheren zien je naam en je bericht. Een foto gaat alleen mee als je die hier toevoegt.",
	pictureGoes: "Deze foto gaat mee als je aanklopt.",
	takeAgain: "Nieuwe foto",
	takeBack: "Zonder foto",
	noPicture:
		"Er kon geen foto worden gemaakt. Zet je camera aan en probeer het nog eens, of klop aan zonder.",
	letIn: "Je mag binnenkomen.",
	letInHow: "Je neemt deel zodra je camera en microfoon klaar zijn.",
	comingBack: "Je was hier net nog. Je neemt weer deel zodra je apparaten klaar zijn.",
	sentBack:
		"Een gastheer heeft je vanuit de kamer hierheen gestuurd. Je klopt al aan en kunt weer worden binnengelaten.",
	hostThere: "Er is een gastheer om je binnen te laten.",
	hostPresent: "Er is een gastheer die je hoort kloppen.",
	nobody: "Er is nog niemand om je binnen te laten.",
	told: "We hebben het de gastheer laten weten; je kunt wachten of later terugkomen.",
	notTold: "Je kunt wachten of later terugkomen: je houdt je plaats.",
	states: {
		sending: "Aankloppen…",
		waiting: "Wachten",
		"asked to wait": "Wachten: de gastheer vraagt om een beetje geduld",
		admitted: "Toegelaten",
		"room full": "Wachten: de kamer is vol",
		"turned away": "Niet toegelaten",
		lapsed: "Je staat niet meer aan de deur",
		deleted: "De kamer is verwijderd",
	},
	admittedHow: "Je gaat naar binnen.",
	turnedAwayHow: "Het komt de gastheer nu niet uit. Je kunt opnieuw aankloppen.",
	lapsedHow:
		"Er kwam lang geen antwoord, of het eindigde in een ander tabblad. Je kunt weer aankloppen.",
	roomFullHow:
		"Een gastheer laat je binnen, maar er is nu geen plaats. Je gaat vanzelf naar binnen zodra er plaats is, of als de gastheer plaats maakt.",
	deletedHow: "Daar leidt niets meer heen. Vraag degene die je uitnodigde waar je moet zijn.",
	ahead: (count) =>
		plural(count, {
			one: "Er was één persoon voor je.",
			other: `Er waren ${count} mensen voor je.`,
		}),
	next: "Je bent de eerste.",
	key: (digits) =>
		`Je sleutel: ${digits}. Gastheren zien hem als je aanklopt; vergelijk hem als jullie zeker van elkaar willen zijn.`,
	since: (time) => `Je klopte aan om ${time}.`,
	offline: "De server antwoordt niet. De pagina blijft het proberen en je houdt je plaats.",
	offlineBefore: "De server antwoordt niet. De pagina klopt aan zodra dat weer kan.",
	meanwhile: "Wat je intussen kunt doen",
	leaveHow:
		"Je kunt deze pagina sluiten: je houdt je plaats een paar uur en ziet het antwoord als je terugkomt.",
	callMe: "Roep me als er antwoord is",
	callingYou: "Deze pagina roept je als er antwoord is, ook als je naar iets anders kijkt.",
	callRefused:
		"Je browser toont geen meldingen van deze pagina. Kijk af en toe naar de titel van dit tabblad.",
	change: "Je bericht veranderen",
	changed: "Naar de gastheer sturen",
	devices: "Je apparaten testen",
	stop: "Stoppen met kloppen",
	again: "Opnieuw aankloppen",
	start: "Startpagina",
	inNow: "Je bent in de kamer.",
};
