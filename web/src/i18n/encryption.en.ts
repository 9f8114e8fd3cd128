/** English: what people see of the encryption of picture and sound. */

const list = (names: readonly string[]) => new Intl.ListFormat("en").format(names);

export const encryption = {
	title: "Encryption",
	status: {
		encrypted:
			"Picture and sound are encrypted between the browsers of the people below. The server has no key.",
		stranger: "Somebody comes with another device than before. Compare the safety code.",
		pending: "The keys are on their way. Nothing is sent or shown without a key.",
		untrue:
			"The server said something about somebody's keys that is not true. Whoever it concerns is not given keys.",
		impossible:
			"This browser cannot encrypt picture and sound, so it sends and receives none. The chat works. A current version of Firefox, Chrome, Edge or Safari can.",
	},
	/** Beside the lock. */
	mark: {
		encrypted: "Encrypted",
		compared: "Compared",
		stranger: "Check",
		pending: "Waiting",
		untrue: "Check",
		impossible: "Not possible",
	},
	marked: (state: string) => `Encryption: ${state}`,
	silent: (names: readonly string[]) =>
		`Nothing has arrived from ${list(names)} yet that opens with the present keys.`,
	untrue: (name: string) =>
		`What the server says about the keys of ${name} is not true, or was another thing before.`,
	code: "Safety code",
	how: "Read it to each other over the phone or face to face, not in this chat. When everybody has the same digits, nobody is between you, and nobody listens but the people below.",
	markCompared: "Mark as compared",
	compared: (names: readonly string[], at: string) =>
		`You compared this with ${list(names)} at ${at}.`,
	comparedBefore: (names: readonly string[], at: string) =>
		`You compared the code before with ${list(names)} at ${at}.`,
	newCode: (came: readonly string[], left: readonly string[]) => {
		const parts = [
			...(left.length > 0 ? [`${list(left)} left, `] : []),
			...(came.length > 0 ? [`${list(came)} came, `] : []),
		];
		return `${parts.length > 0 ? `${parts.join("")}so the` : "The"} code is new. Compare this one.`;
	},
	people: "Who can see and hear",
	you: "You",
	notYet: "Keys not exchanged yet",
	recognised: { same: "Same device as last time", other: "Not the device of last time", new: "" },
	stranger: (name: string) =>
		`Somebody called ${name} was here before, with another device. Compare the safety code to be sure who it is.`,
	cannot: "Who cannot see and hear",
	noKeys: "No keys came from this browser",
	keyless: (name: string) =>
		`You and ${name} neither see nor hear each other: no keys came from their browser, which most likely cannot encrypt. The chat works.`,
	known: "Let others know this device again",
	knownHint:
		"Whoever met you in this browser sees “Same device as last time”, under any name. Off: they are told that it is not the device of last time. Counts from the next time you enter a room.",
	changes: "What changed",
	came: (name: string, at: string) => `${name} can see and hear since ${at}`,
	left: (name: string, at: string) => `${name} cannot see and hear any more since ${at}`,
};

export type EncryptionWords = typeof encryption;
