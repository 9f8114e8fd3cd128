/** Nederlands. */
import { pluralsOf } from "../../i18n/plurals";
import type { DoorWords } from "./en";

const plural = pluralsOf("nl");

export const nl: DoorWords = {
	region: "Aan de deur",
	count: (count) => `Aan de deur: ${count}`,
	list: "Wie er wacht",
	admit: "Binnenlaten",
	forMeeting: "Binnenlaten voor deze bijeenkomst",
	always: "Altijd binnenlaten",
	askToWait: "Vragen te wachten",
	turnAway: "Wegsturen",
	more: "Meer",
	meanings: {
		once: "Binnenlaten: komt nu binnen. Wie langer weggaat, klopt weer aan.",
		forMeeting: "Voor deze bijeenkomst: komt en gaat zonder aankloppen tot die voorbij is.",
		always: "Altijd: klopt nooit meer aan bij deze kamer, tot je het intrekt.",
	},
	all: "Iedereen binnenlaten",
	atRoom: (count, room) =>
		`${plural(count, { one: "1 persoon wacht", other: `${count} mensen wachten` })} bij ${room}`,
	door: (room) => `Bij ${room}`,
	reception: "Bij jouw receptie",
	receptionOf: (name) => `Bij de receptie van ${name}`,
	justNow: "nu",
	minutes: (minutes) => `${minutes} min`,
	hours: (hours, minutes) => `${hours} u ${minutes} min`,
	waits: (time) => `Wacht: ${time}`,
	signedIn: "Heeft hier een account",
	known: {
		link: (label) => (label ? `Uitgenodigd: ${label}` : "Uitgenodigd met een link zonder naam"),
		account: (name) => `Bekend: moet aankloppen, als ${name}`,
		email: (address) => `Bekend: moet aankloppen, als ${address}`,
	},
	key: (digits) => `Sleutel: ${digits}`,
	away: "Is even van de pagina weg",
	asked: "Gevraagd te wachten",
	picture: (name) => `Foto van ${name}`,
	whereTo: "Waarheen",
	whereToHint: "Naam van een kamer. Laat leeg voor een nieuwe.",
	toNew: "Binnenlaten in een nieuwe kamer",
	toRoom: (room) => `Binnenlaten in ${room}`,
	cancel: "Annuleren",
	goThere: (room) => `Naar ${room}`,
	answering: "Wordt doorgegeven…",
	lost: "De verbinding met de server is weg; de pagina komt vanzelf terug.",
	unanswered: "De server antwoordde niet. Druk nog eens als de verbinding terug is.",
	other:
		"Dat lukte de server niet. Probeer het opnieuw; lukt het weer niet, laad de pagina opnieuw.",
	refusals: {
		TooFast: ({ seconds }) =>
			`Dat was te veel tegelijk. Wacht ${plural(Math.ceil(seconds), { one: "een seconde", other: `${Math.ceil(seconds)} seconden` })} en druk nog eens.`,
		RoomNameInvalid: () => "Dit is geen naam van een kamer. Gebruik letters, cijfers, - en _.",
		RoomNameTooLong: ({ limit }) => `Die naam is te lang. Gebruik hooguit ${limit} tekens.`,
		RoomNameReserved: () => "De server gebruikt deze naam zelf. Kies een andere kamer.",
		RoomFull: ({ limit }) =>
			`De kamer is vol: er ${plural(limit, { one: "past één persoon", other: `passen ${limit} mensen` })} in. Vraag te wachten, of kies een andere kamer.`,
		NoSuchRoom: () => "Die kamer is er niet. Kies een kamer van jou, of laat het veld leeg.",
		NotAHost: () => "Je bent daar geen gastheer. Kies een kamer van jou, of vraag het de eigenaar.",
		LastingHostsOnly: () =>
			"Alleen de eigenaar en blijvende gastheren laten altijd binnen. Laat één keer of voor deze bijeenkomst binnen, of vraag het de eigenaar.",
		NotSignedIn: () => "Je bent uitgelogd. Log weer in om te antwoorden.",
		StorageFull: () =>
			"De schijf van de server is vol, dus dit is niet bewaard. Vertel het degene die de server beheert en druk daarna nog eens.",
		StorageFailed: () => "De server kon dit niet bewaren. Druk zo nog eens.",
		ServerStopping: () => "De server start opnieuw. Druk zo nog eens.",
	},
	here: (count, name) =>
		plural(count, {
			one: `${name} staat aan de deur.`,
			other: `${count} mensen kwamen aan de deur.`,
		}),
	told: {
		admitted: (name, by) =>
			by ? `${by} heeft ${name} binnengelaten.` : `${name} is binnengelaten.`,
		"turned away": (name, by) =>
			by ? `${by} heeft ${name} weggestuurd.` : `${name} is weggestuurd.`,
		stopped: (name) => `${name} wacht niet meer.`,
		lapsed: (name) => `${name} wachtte te lang en is weg.`,
		full: (name) =>
			`De kamer is vol: ${name} gaat naar binnen zodra er plaats is. Verhoog het aantal deelnemers in de instellingen van de kamer om plaats te maken.`,
		answered: (name, by) => `${by} heeft al geantwoord: ${name} wacht niet meer.`,
	},
	moreTold: (count) => plural(count, { one: "En nog één.", other: `En nog ${count}.` }),
	soundOff: "De browser speelt geen geluid voordat je het toestaat.",
	soundOn: "Geluid aanzetten",
	notify: "Meldingen tonen",
	notifyHow: "Terwijl je naar iets anders kijkt, kan de browser zeggen wie er klopt.",
	notifyDenied:
		"De browser toont geen meldingen van deze pagina. Klik op het pictogram links van het adres, sta ze daar toe en laad de pagina opnieuw.",
	notNow: "Niet nu",
};
