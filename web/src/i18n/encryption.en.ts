/** English: what people see of the encryption of picture and sound. */

const list = (names: readonly string[]) => new Intl.ListFormat("en").format(names);

export const encryption = {
	title: "Encryption",
	status: {
		encrypted:
			"Picture and sound are encrypted between the browsers of the people below. The server has no key.",
		stranger:
			"Picture and sound are encrypted between the browsers of the people below. Somebody comes with another device than before.",
		pending:
			"The keys are on their way, or nothing has arrived from somebody yet. Nothing is sent or shown without a key.",
		untrue:
			"The server said something about somebody's keys that is not true. Whoever it concerns is not given keys.",
		impossible:
			"This browser cannot encrypt picture and sound, so it sends and receives none. The chat works. A current version of Firefox, Chrome, Edge or Safari can.",
	},
	untrue: (name: string) =>
		`What the server says about the keys of ${name} is not true, or was another thing before.`,
	code: "Safety code",
	how: "Read it to each other. When everybody has the same digits, nobody is between you, and nobody listens but the people below.",
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
	people: "In the keys",
	you: "You",
	notYet: "Keys not exchanged yet",
	recognised: { same: "Same device as last time", other: "Not the device of last time", new: "" },
	stranger: (name: string) =>
		`Somebody called ${name} was here before, with another device. Compare the safety code to be sure who it is.`,
	cannot: "Who cannot see and hear",
	noKeys: "No keys came from this browser",
	keyless: (name: string) =>
		`You and ${name} neither see nor hear each other: no keys came from their browser, which most likely cannot encrypt. The chat works.`,
	changes: "What changed",
	came: (name: string) => `${name} came into the keys`,
	left: (name: string) => `${name} is not in the keys any more`,
};

export type EncryptionWords = typeof encryption;
