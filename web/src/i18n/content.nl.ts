/** Nederlands: wat er in de kamer gedeeld is, en wat daarmee mis kan gaan. */
import type { ContentRefusal, ContentWords } from "./content.en";
import type { RefusalSentences } from "./explain";
import { pluralsOf } from "./plurals";
import { sizesOf } from "./sizes";

const plural = pluralsOf("nl");
const size = sizesOf("nl");

export const contentRefusals: Pick<RefusalSentences, ContentRefusal> = {
	NotInMeeting: () => "Je bent niet meer in de kamer. Neem opnieuw deel en probeer het nog eens.",
	FileTooLarge: ({ limit }) =>
		`Dit bestand is te groot: een bestand is hier hooguit ${size(limit)}. Maak het kleiner, of deel het in stukken.`,
	FileNameInvalid: () =>
		"Dit bestand heeft geen naam die getoond kan worden. Geef het een andere naam en deel het opnieuw.",
	RoomContentFull: ({ limit, used }) =>
		`Er is niet genoeg ruimte over in deze kamer: ${size(used)} van ${size(limit)} is bezet. Verwijder een bestand dat niemand nodig heeft en probeer het opnieuw.`,
	ServerContentFull: ({ limit }) =>
		`De server heeft geen ruimte meer voor bestanden: alle kamers samen mogen ${size(limit)} bewaren. Zeg het tegen de beheerder, en probeer het dan opnieuw.`,
	TooManyItems: ({ limit }) =>
		`Er zijn al ${limit} bestanden in deze kamer, en meer kan niet. Verwijder er een dat niemand nodig heeft en probeer het opnieuw.`,
	TooManyUploads: ({ limit }) =>
		`Vanaf jouw netwerk ${plural(limit, { one: "is al één bestand", other: `zijn al ${limit} bestanden` })} onderweg. Wacht tot er een is aangekomen.`,
	NoSuchItem: () =>
		"Dit bestand is niet meer in de kamer. Vraag degene die het deelde om het opnieuw te delen.",
	ItemDamaged: () =>
		"Dit bestand is op de schijf van de server beschadigd. Zeg het de beheerder en vraag om het bestand opnieuw te delen.",
	NotPresenting: () =>
		"Iemand anders presenteert nu. Druk op Presenteren om iedereen te laten zien wat jij ziet.",
	TooManyOpened: ({ limit }) =>
		`Er zijn al ${limit} bestanden open, en meer kan niet. Sluit er een dat niemand nodig heeft en probeer het opnieuw.`,
	NoSuchBoard: () => "Dit whiteboard is niet meer in de kamer.",
	NoSuchSnapshot: () => "Nieuwere momentopnamen kwamen in de plaats van deze. Kies een andere.",
	TooManyBoards: ({ limit }) =>
		`Er zijn al ${limit} whiteboards in deze kamer, en meer kan niet. Verwijder er een dat niemand nodig heeft en probeer het opnieuw.`,
	BoardFull: ({ limit }) =>
		`Dit whiteboard is vol: er past ${size(limit)} op. Gum uit wat niemand nodig heeft, of maak een nieuw.`,
	DrawingTooLarge: () => "Dit is te veel om in één keer te tekenen. Teken het in delen.",
	DrawingInvalid: () =>
		"De server kon dit niet op het whiteboard zetten. Sluit het en open het opnieuw.",
	NoSuchUpload: () => "De server weet niets meer van dit bestand. Deel het opnieuw.",
	UploadElsewhere: () =>
		"Het bestand gaat op een andere plek verder dan deze pagina dacht. Probeer het opnieuw.",
	UploadBusy: () =>
		"De server is nog bezig met wat van dit bestand aankwam. Probeer het zo meteen opnieuw.",
	UploadTooLong: () => "Het bestand is onderweg gegroeid. Deel het opnieuw.",
	ChecksumWrong: () => "Het bestand is onderweg veranderd. Deel het opnieuw.",
};

export const content: ContentWords = {
	region: "Gedeelde inhoud",
	tab: "Inhoud",
	empty: "Er is nog niets gedeeld",
	emptyHow:
		"Deel een scherm of een bestand: kies het, sleep het hierheen of plak het. Bestanden blijven bij de kamer.",
	emptyListen:
		"Deel een bestand: kies het, sleep het hierheen of plak het. Bestanden blijven bij de kamer.",
	screenOf: (name) => `Scherm van ${name}`,
	yourScreen: "Je deelt je scherm",
	stop: "Stoppen met delen",
	fullScreen: "Volledig scherm",
	waiting: (name) => `Wachten op het scherm van ${name}…`,
	choose: "Wiens scherm bekijken",
	upload: "Uploaden",
	uploadFiles: "Bestanden uploaden",
	dropHere: "Laat los om het met de kamer te delen",
	noUpload: {
		"presenter mode": "De presentatiestand is aan: alleen gastheren delen nu bestanden.",
		"hosts only": "In deze kamer delen alleen gastheren bestanden.",
	},
	files: (count) => plural(count, { one: "1 bestand", other: `${count} bestanden` }),
	used: (used, limit) => `${size(used)} van ${size(limit)}`,
	usedLong: (used, limit) => `${size(used)} van ${size(limit)} gebruikt in deze kamer`,
	size,
	usage: {
		title: "Ruimte in deze kamer",
		files: (used, limit) => `Bestanden nemen ${size(used)} van ${size(limit)} in.`,
		each: (what, bytes) => `${what}: ${size(bytes)}`,
		messages: (count) => plural(count, { one: "1 chatbericht", other: `${count} chatberichten` }),
		server: (limit) =>
			`Alle kamers van deze server samen mogen ${size(limit)} aan bestanden bewaren.`,
		boards: (most) =>
			`Er mogen ${most} whiteboards zijn. Wat getekend en gezegd wordt, neemt niets van de ruimte voor bestanden in.`,
		unknown: "De server zei niet hoeveel er is. Probeer het zo meteen opnieuw.",
	},
	uploading: (name) => `${name} uploaden`,
	progress: (sent, length) => `${size(sent)} van ${size(length)}`,
	percent: (name, percent) => `${name}: ${percent} procent geüpload`,
	queued: "Wacht op zijn beurt",
	paused: "Gepauzeerd",
	cutOff: "De verbinding viel weg; het gaat vanzelf verder",
	finishing: "Bijna klaar",
	unreadable:
		"Je browser kan dit niet lezen. Is het een map, of is het bestand verplaatst? Kies het opnieuw.",
	pause: (name) => `${name} pauzeren`,
	goOn: (name) => `${name} hervatten`,
	cancel: (name) => `${name} annuleren`,
	notShared: (name, why) => `${name} is niet gedeeld. ${why}`,
	notFetched: (name, why) =>
		why ??
		`${name} kon niet worden opgehaald: de server antwoordt niet. Probeer het zo meteen opnieuw.`,
	shared: (name, file) => `${name} deelde ${file}`,
	inRoom: (file) => `${file} is in de kamer`,
	download: (name) => `${name} downloaden`,
	remove: (name) => `${name} verwijderen`,
	open: (name) => `${name} openen`,
	close: (name) => `${name} voor iedereen sluiten`,
	openFiles: "Open bestanden",
	presents: (name) => `${name} presenteert`,
	youPresent: "Jij presenteert: iedereen ziet wat jij ziet",
	presenterGone: "Wie dit presenteerde, is weg",
	follow: (name) => `${name} volgen`,
	present: "Presenteren",
	aside: "Opzij leggen",
	isOpen: (name) => `${name} is open voor iedereen`,
	show: "Tonen",
	zoomIn: "Groter",
	zoomOut: "Kleiner",
	fit: "Passend",
	loading: "Laden…",
	noView: "Dit soort bestand kan hier niet getoond worden. Download het om het te openen.",
	noText: "Deze tekst is te lang om hier te tonen. Download hem om hem te lezen.",
	notLoaded: "Dit bestand kon niet geladen worden. Sluit het en open het opnieuw.",
	pdf: {
		pages: "Bladzijden",
		page: "Bladzijde",
		of: (pages) => `van ${pages}`,
		pageOf: (page, name) => `Bladzijde ${page} van ${name}`,
		before: "Vorige bladzijde",
		after: "Volgende bladzijde",
		drawOn: "Op deze bladzijde tekenen",
		tooLarge: "Deze pdf is te groot om hier te tonen. Download hem om hem te lezen.",
		again: "Opnieuw proberen",
		trouble: {
			locked: "Deze pdf is op slot met een wachtwoord. Download hem om hem te lezen.",
			damaged:
				"Deze pdf kan hier niet gelezen worden; misschien is hij beschadigd. Download hem om een ander programma te proberen.",
			"too much": "Deze pdf is te veel werk voor een browser. Download hem om hem te lezen.",
		},
	},
	removing: "Zo meteen voor iedereen verwijderd",
	keep: "Toch houden",
	newBoard: "Nieuw whiteboard",
	drawOver: "Erop tekenen",
	board: "Whiteboard",
	boardName: (number) => `Whiteboard ${number}`,
	boards: (count) => plural(count, { one: "1 whiteboard", other: `${count} whiteboards` }),
	noBoard: {
		"presenter mode": "De presentatiemodus is aan: nu tekenen alleen gastheren.",
		"hosts only": "In deze kamer tekenen alleen gastheren.",
	},
};
