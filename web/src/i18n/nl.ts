/** Nederlands. */

import { connection } from "./connection.nl";
import { content, contentRefusals } from "./content.nl";
import type { Words } from "./en";
import { encryption } from "./encryption.nl";
import { hosting } from "./hosting.nl";
import { lobby } from "./lobby.nl";
import { pluralsOf } from "./plurals";

const plural = pluralsOf("nl");
const devices = { camera: "camera", microphone: "microfoon", screen: "scherm" };

export const nl: Words = {
	close: "Sluiten",
	dismiss: "Verbergen",
	tryAgain: "Opnieuw proberen",
	you: (name) => `${name} (jij)`,
	skipToRoom: "Naar de kamer",
	refusals: {
		MessageMalformed: () =>
			"De server begreep deze pagina niet. Laad de pagina opnieuw en probeer het nog eens.",
		NotJoined: () => "Je bent niet meer in de kamer. Laad de pagina opnieuw om terug te komen.",
		AlreadyJoined: () => "Je bent al in de kamer. Laad de pagina opnieuw als je dat niet ziet.",
		TooFast: ({ seconds }) =>
			`Dat was te veel tegelijk. Wacht ${plural(Math.ceil(seconds), { one: "een seconde", other: `${Math.ceil(seconds)} seconden` })} en probeer het opnieuw.`,
		NameTooLong: ({ limit }) => `Deze naam is te lang. Gebruik hooguit ${limit} tekens.`,
		NameEmpty: () => "Vul je naam in, zodat de anderen weten wie je bent.",
		NoSuchMessage: () => "Dit bericht is er niet meer, of je mag het niet wijzigen.",
		TextTooLong: ({ limit }) =>
			`Dit bericht is te lang. Gebruik hooguit ${limit} tekens, of stuur het in delen.`,
		TextEmpty: () => "Er staat niets in dit bericht. Schrijf eerst iets.",
		RoomNameInvalid: () =>
			"Dit is geen naam van een kamer. Gebruik letters, cijfers, - en _ in het adres.",
		RoomNameTooLong: ({ limit }) =>
			`De naam van deze kamer is te lang. Gebruik een adres met hooguit ${limit} tekens.`,
		RoomNameReserved: () =>
			"De server gebruikt dit adres zelf. Kies een andere naam voor de kamer.",
		RoomNameTaken: () => "Een andere kamer heeft deze naam. Kies een andere.",
		RoomNotFree: () =>
			"Deze kamer is van iemand, of er zijn mensen in. Probeer het als hij leeg is, of kies een andere.",
		TooManyRooms: ({ limit }) =>
			`Iemand kan hooguit ${limit} kamers hebben. Verwijder er een die niemand meer nodig heeft.`,
		TooManyOffers: ({ limit }) =>
			`Je hebt ${limit} aanbiedingen gedaan waarop nog niemand heeft geantwoord. Trek er eerst een in, of wacht.`,
		NoSuchRoom: () => "Deze kamer is verwijderd. Kies een andere kamer.",
		RoomFull: ({ limit }) =>
			`De kamer is vol: er ${plural(limit, { one: "past één persoon", other: `passen ${limit} mensen` })} in. Probeer het opnieuw als er iemand weg is.`,
		WayBackInvalid: () => "De weg terug naar de kamer is verlopen. Neem opnieuw deel.",
		KnockFirst: () => "De kamer is op slot. Klop aan, dan kan een gastheer je binnenlaten.",
		OtherKeys: () =>
			"Je klopte aan met de sleutels van een andere pagina van je, en die zijn weg. Klop opnieuw aan, dan zien gastheren de sleutels van deze.",
		InviteLinkInvalid: () =>
			"Deze uitnodiging opent de kamer niet meer. Vraag de afzender om een nieuwe link, of klop aan.",
		TooManyGrants: ({ limit }) =>
			`Hooguit ${limit} mensen en links kunnen toegang hebben tot één kamer. Haal er eerst een weg.`,
		NotAHost: () => "Dat kunnen alleen gastheren van deze kamer. Vraag het een van hen.",
		HostsOnly: () =>
			"In deze kamer doen voorlopig alleen gastheren dat. Steek je hand op om het te vragen.",
		RoomNotOwned: () =>
			"Deze kamer is van niemand en heeft dus geen slot. Maak hem eerst de jouwe op je accountpagina.",
		RoomNotLocked: () =>
			"De kamer is open, dus niemand wacht in de wachtruimte. Doe hem eerst op slot, of haal de persoon eruit.",
		RoomHeld: () =>
			"Deze kamer moet voorlopig bewaard blijven: er kan niets uit worden verwijderd of in worden herschreven, en hij kan niet worden verwijderd of overgedragen. Vraag het aan wie deze server beheert.",
		HostRoleStands: () =>
			"Deze persoon is blijvend gastheer. Vraag de eigenaar van de kamer om dat terug te nemen.",
		LastingHostsOnly: () =>
			"Alleen de eigenaar en blijvende gastheren laten iemand voor altijd binnen. Laat één keer of voor deze bijeenkomst binnen, of vraag het de eigenaar.",
		OfferGone: () => "Dit is teruggenomen, verlopen of al beantwoord. Er is niets veranderd.",
		NotForSupport: () =>
			"Wie hier is om te helpen, houdt de naam van het account en kan geen gastheer worden.",
		KnockGone: () => "Die persoon wacht niet meer aan de deur. Er valt niets meer te antwoorden.",
		KnockAnswered: ({ by }) => `${by} heeft al geantwoord. Je hoeft niets meer te doen.`,
		LobbyFull: ({ limit }) =>
			`De wachtruimte is vol: er ${plural(limit, { one: "wacht al één persoon", other: `wachten al ${limit} mensen` })}. Klop over een paar minuten weer aan.`,
		StillInvalid: () =>
			"De server kon deze foto niet lezen. Maak er een nieuwe, of klop aan zonder foto.",
		NotSignedIn: () => "Je bent niet meer ingelogd. Log in en probeer het opnieuw.",
		NoSuchParticipant: () => "Die persoon is niet meer in de kamer.",
		NotRelayed: () => "Beeld en geluid gaan nu niet via deze server. Wacht even.",
		RelayFull: () =>
			"Deze server geeft zo veel beeld en geluid door als hij mag. Het gaat vanzelf verder als er iemand weggaat; wie de server beheert kan meer toestaan.",
		RelayOfferInvalid: () =>
			"Deze browser en de server vonden geen gezamenlijke manier om beeld en geluid te versturen. Werk je browser bij of gebruik een andere.",
		ImageTooLarge: ({ megabytes, megapixels }) =>
			`Deze afbeelding is te groot. Gebruik er een van hooguit ${megabytes} MB en ${megapixels} megapixels.`,
		ImageUnreadable: () =>
			"Dit bestand is geen bruikbare afbeelding. Kies een PNG, JPEG, WebP of GIF.",
		...contentRefusals,
		ImagesBusy: () => "De server is bezig met andere afbeeldingen. Probeer het zo weer.",
		StorageFull: () =>
			"De schijf van de server is vol, dus dit is niet bewaard. Vertel het degene die de server beheert en probeer het daarna opnieuw.",
		StorageFailed: () =>
			"De server kon dit niet bewaren. Probeer het zo weer; gebeurt het nog eens, vertel het dan degene die de server beheert.",
		ServerFault: ({ incident }) =>
			`Er ging iets mis op de server. Probeer het opnieuw; gebeurt het nog eens, geef de beheerder dan dit nummer: ${incident}.`,
		ServerStopping: () => "De server start opnieuw. Probeer het zo weer.",
	},
	troubles: {
		insecure: (device) =>
			device === "screen"
				? "Browsers delen een scherm alleen op versleutelde pagina's. Vraag de beheerder van de server naar het https://-adres."
				: "Browsers geven camera en microfoon alleen aan versleutelde pagina's. Vraag de beheerder van de server naar het https://-adres. Je kunt wel deelnemen, luisteren en schrijven.",
		refused: (device) =>
			device === "screen"
				? "Er is geen scherm gedeeld. Druk nog eens op de knop en kies wat je wilt laten zien."
				: `De browser laat deze pagina de ${devices[device]} niet gebruiken.`,
		missing: (device) =>
			`Er is geen ${devices[device]} gevonden. Sluit er een aan, of neem deel zonder.`,
		busy: (device) =>
			`Een ander programma gebruikt de ${devices[device]}. Sluit dat programma en zet de ${devices[device]} weer aan.`,
		unplugged: (device) =>
			`De ${devices[device]} is losgekoppeld. Sluit die weer aan, of kies een andere.`,
		unknown: (device) =>
			`De ${devices[device]} startte niet. Zet die opnieuw aan; helpt dat niet, kies dan een andere.`,
	},
	allowHow: {
		chrome:
			"Klik op het pictogram links van het adres, sta het daar toe en zet hem daarna weer aan.",
		firefox:
			"Klik op het doorgestreepte pictogram links van het adres, haal de blokkade weg en zet hem daarna weer aan.",
		safari:
			"Kies Instellingen voor deze website in het Safari-menu, sta het daar toe en zet hem daarna weer aan.",
	},
	devices: {
		microphone: "Microfoon",
		camera: "Camera",
		cameraDevice: "Camera kiezen",
		microphoneDevice: "Microfoon kiezen",
		speakerDevice: "Luidspreker kiezen",
		level: "Geluidsniveau van de microfoon",
		none: "Niet beschikbaar",
		unnamed: (number) => `Apparaat ${number}`,
		defaultSpeaker: "Standaard",
		starting: "De camera start",
	},
	hall: {
		visiting: "Je staat voor de deur van",
		yourName: "Je naam",
		namePlaceholder: "Zo zien de anderen je",
		support: "Een beheerder van deze server is een kamer van jou binnengegaan om te helpen.",
		supportRead: "Lees waarom",
		nobodys: "Deze kamer is van niemand.",
		claim: "Maak deze kamer van jou",
		join: "Deelnemen",
		joining: "Bezig met binnenkomen…",
		preview: "Je beeld",
		cameraOff: "Je camera is uit",
		listenOnly: "Je komt binnen om te luisteren.",
		listenFirst: "Je komt binnen om te luisteren. In de kamer kun je ze alsnog aanzetten.",
		microphoneOff: "Je microfoon is uit. In de kamer kun je hem alsnog aanzetten.",
		silent: "Zeg iets: de balk beweegt als je microfoon je hoort.",
		unreachable:
			"De server antwoordt niet. Controleer je verbinding en druk nog eens op Deelnemen.",
		media: {
			"when needed":
				"Beeld en geluid zijn van begin tot eind versleuteld. Ze gaan rechtstreeks van browser naar browser, en in een grotere groep of als dat niet kan via deze server.",
			always:
				"Beeld en geluid zijn van begin tot eind versleuteld en gaan via deze server, zodat niemand in de kamer je netwerkadres te weten komt.",
			never:
				"Beeld en geluid zijn van begin tot eind versleuteld en gaan rechtstreeks van browser naar browser.",
		},
		settings: "Instellingen",
	},
	lobby,
	room: {
		controls: "Bediening",
		panels: "Panelen",
		leave: "Verlaten",
		shareScreen: "Scherm delen",
		raiseHand: "Hand opsteken",
		invite: "Uitnodigen",
		settings: "Instellingen",
		keys: "Sneltoetsen",
		people: (count) => plural(count, { one: "1 persoon", other: `${count} mensen` }),
		joined: (name) => `${name} is binnengekomen`,
		left: (name) => `${name} is weggegaan`,
		handUp: (name) => `${name} steekt een hand op`,
		comingBack: (attempt, direct) =>
			(attempt > 4
				? "De server antwoordt nog steeds niet; de pagina blijft het proberen."
				: "De verbinding met de server is weg; de pagina komt vanzelf terug.") +
			(direct ? " Jullie zien en horen elkaar gewoon." : ""),
		back: "De verbinding is terug.",
		soundBlocked: "De browser wacht op jou voordat er geluid klinkt.",
		allowSound: "Geluid aanzetten",
		pushToTalk: "Je bent te horen zolang je de spatiebalk ingedrukt houdt.",
		allClosed: "Alle panelen zijn dicht.",
		showPeople: "Toon de mensen",
		resizeChat: "Breedte van de chat",
	},
	hosting,
	connection,
	encryption,
	people: {
		region: "Mensen",
		connecting: "Verbinden…",
		comingBack: "Komt terug…",
		muted: "Microfoon uit",
		hand: (place) => `Hand opgestoken, nummer ${place}`,
		quality: {
			good: "Verbinding: goed",
			fair: "Verbinding: matig",
			poor: "Verbinding: slecht",
		},
		failed: (name) =>
			`Geen beeld of geluid van ${name}: er is nu geen rechtstreekse weg tussen jullie browsers. Probeer het opnieuw, of gebruik een ander netwerk.`,
		gone: (name) =>
			`${name} is niet meer te bereiken. Als de server terug is, probeert de pagina het vanzelf opnieuw.`,
		alone: "Er is nog niemand anders",
		aloneHow: "Stuur ze de link. De kamer blijft open en deze stoel blijft vrij.",
		copyLink: "Link kopiëren",
		copied: "Link gekopieerd",
		beyond: (count) => `en nog ${count}`,
		pin: "Vastzetten",
		unpin: "Losmaken",
		pinned: (what) => `${what} is vastgezet`,
		unpinned: (what) => `${what} is niet meer vastgezet`,
		toSpeaker: "Wie spreekt groot tonen",
		toGrid: "Iedereen even groot tonen",
	},
	content,
	chat: {
		region: "Chat",
		log: "Berichten",
		field: "Bericht",
		placeholder: "Schrijf aan iedereen",
		send: "Versturen",
		sending: "Bezig met versturen…",
		throwAway: "Weggooien",
		notSent: (why) => `Niet verstuurd. ${why}`,
		empty: "Er is nog niets gezegd",
		emptyHow: "Wat je hier schrijft blijft bij de kamer: het staat er nog als je terugkomt.",
		beginning: "Hier begint het gesprek.",
		loadingEarlier: "Eerdere berichten laden…",
		loadEarlier: "Eerdere berichten laden",
		unread: "Nieuw",
		unreadCount: (count) =>
			plural(count, { one: "1 nieuw bericht", other: `${count} nieuwe berichten` }),
		toNewest: "Naar het nieuwste bericht",
		today: "Vandaag",
		yesterday: "Gisteren",
		tooLong: (over) => plural(over, { one: "1 teken te veel", other: `${over} tekens te veel` }),
		said: (name, text) => `${name}: ${text}`,
		search: "Zoeken in de chat",
		searchEnd: "Terug naar de chat",
		found: (count) =>
			plural(count, { one: "1 bericht gevonden", other: `${count} berichten gevonden` }),
		searchOn: "Verder terug zoeken",
		searchFailed: "De server antwoordt niet. Probeer het zo nog eens.",
		options: (name) => `Opties voor het bericht van ${name}`,
		reply: "Antwoorden",
		edit: "Wijzigen",
		delete: "Verwijderen",
		deleted: "Dit bericht is verwijderd",
		edited: "gewijzigd",
		answers: (name, text) => `Antwoord op ${name}: ${text}`,
		answersEarlier: "Antwoord op een eerder bericht",
		replyingTo: (name) => `Je antwoordt ${name}`,
		replyingToAll: (name) => `Je antwoordt ${name}, en iedereen ziet het`,
		editing: "Je wijzigt je bericht",
		stop: "Stoppen",
		save: "Opslaan",
		reactions: {
			"👍": "Duim omhoog",
			"❤️": "Hart",
			"😂": "Lachen",
			"😮": "Verrast",
			"😢": "Verdrietig",
			"🎉": "Feest",
		},
		reacted: (what, who) => `${what}: ${who}`,
		somebody: "iemand die weg is",
		everybody: "Iedereen",
		writeTo: (name) => `Schrijf aan: ${name}`,
		placeholderTo: (name) => `Schrijf alleen aan ${name}`,
		privateTo: (name) => `Privé aan ${name}`,
		privateToYou: "Privé aan jou",
		privateHow: "Niemand anders ziet het, zelfs gastheren niet.",
		publicAgain: "Weer aan iedereen schrijven",
		addresseeGone: (name) =>
			`${name} is niet meer in de kamer, en er is niets verstuurd. Kies iemand anders om aan te schrijven, of iedereen.`,
		writePrivately: (name) => `Privé aan ${name} schrijven`,
		notHere: "Nu niet in de kamer",
		menu: "Opties voor de chat",
		saveText: "De chat bewaren als tekst",
		saveJson: "De chat bewaren als JSON",
		mention: "Een bestand noemen",
		nothingShared: "In deze kamer is nog niets gedeeld",
		mostMentions: "Meer past er niet in één bericht",
		dropMention: (name) => `${name} niet noemen`,
		mentionGone: (name) => `${name} is niet meer in de kamer`,
		writing: (names, count) => (count === 1 ? `${names} schrijft` : `${names} schrijven`),
		writingToYou: (name) => `${name} schrijft aan jou`,
		manyWrite: "Meerdere mensen schrijven",
	},
	settings: {
		myData: "Mijn gegevens",
		myDataHint: "Wat deze server over je bewaart; het opent naast deze pagina.",
		title: "Instellingen",
		you: "Jij",
		devices: "Apparaten",
		look: "Beeld en geluid",
		name: "Je naam",
		nameHint: "Wat de anderen zien. Hij verandert als je het veld verlaat.",
		noise: "Ruis onderdrukken",
		noiseHint: "Haalt ventilatoren en toetsen uit wat de anderen horen.",
		mirror: "Mijn beeld spiegelen",
		mirrorHint: "Alleen voor jou; de anderen zien het zoals het is.",
		sounds: "Zachte geluiden",
		soundsHint: "Een zacht tikje als iemand komt of gaat.",
		theme: "Thema",
		themes: { system: "Zoals het systeem", light: "Licht", dark: "Donker" },
		language: "Taal",
		layout: "Indeling",
		layouts: { grid: "Iedereen even groot", speaker: "Wie spreekt is groot" },
	},
	invite: {
		title: "Mensen uitnodigen",
		how: "Iedereen met deze link kan binnenkomen. Hij blijft dezelfde zolang de kamer bestaat.",
		onlyHere:
			"Dit adres opent alleen op deze computer. Voor anderen start de beheerder de server met --host 0.0.0.0 --tls self-signed, of onder een openbare naam.",
		link: "Link naar deze kamer",
		copy: "Kopiëren",
		copied: "Gekopieerd",
		byHand: "Druk op Ctrl+C, of houd de link ingedrukt om te kopiëren.",
		more: "Meer manieren…",
	},
	shortcuts: {
		title: "Sneltoetsen",
		on: "Losse toetsen gebruiken",
		onHint: "Zet dit uit als toetsen per ongeluk iets doen, bijvoorbeeld bij spraakinvoer.",
		space: "Spatie",
		hold: "Ingedrukt houden om te praten",
		microphone: "Microfoon aan of uit",
		camera: "Camera aan of uit",
		share: "Scherm delen, of stoppen",
		hand: "Hand omhoog of omlaag",
		people: "Paneel Mensen",
		content: "Paneel Gedeelde inhoud",
		chat: "Paneel Chat",
		layout: "Andere indeling",
		pin: "Wie spreekt of de focus heeft vastzetten, of losmaken",
		door: "Wie er aan de deur staat",
		invite: "Mensen uitnodigen",
		list: "Deze lijst",
		settings: "Instellingen",
	},
	left: {
		title: "Je hebt de kamer verlaten",
		how: "De kamer blijft zoals je hem achterliet. De link werkt weer wanneer je wilt.",
		elsewhere: "Je bent in deze kamer in een ander tabblad",
		elsewhereHow:
			"Dit tabblad rust, zodat je er niet twee keer bent. Ga verder in het andere, of neem hier opnieuw deel.",
		elsewhereKnocking: "Je klopt aan in een ander tabblad",
		elsewhereKnockingHow:
			"Dit tabblad rust, zodat je niet twee keer aanklopt. Wacht in het andere, of ga hier verder.",
		removed: "Een gastheer heeft je uit de kamer gehaald",
		removedHow: "Was dat een vergissing? Klop aan, of vraag het op een andere manier.",
		lobby: "Een gastheer heeft je naar de wachtruimte gestuurd",
		lobbyHow: "Klop aan, dan kan een gastheer je weer binnenlaten.",
		ended: "Een gastheer heeft het gesprek beëindigd",
		endedHow:
			"De kamer is zoals hij was. Je kunt later terugkomen, of aankloppen als hij op slot is.",
		endedByYou: "Je hebt het gesprek beëindigd",
		deleted: "Deze kamer is verwijderd",
		deletedHow: "Daar leidt niets meer heen. Vraag degene die je uitnodigde waar je moet zijn.",
		accessEnded: "Je toegang tot deze kamer is voorbij",
		accessEndedHow:
			"Een gastheer veranderde wie er binnen mag. Je kunt aankloppen of om een nieuwe uitnodiging vragen.",
		again: "Opnieuw deelnemen",
		toDoor: "Terug naar de deur",
		start: "Startpagina",
		keepOrClear: "Houden of wissen?",
		made: (parts) =>
			`Van deze bijeenkomst staat in de kamer: ${new Intl.ListFormat("nl").format(parts)}. Het blijft voor de volgende keer, tenzij je het wist.`,
		madeChat: "wat in de chat gezegd is",
		keep: "Houden",
		clear: "Kiezen wat weg gaat",
		kept: "Alles blijft in de kamer voor de volgende keer.",
	},
};
