/** English: what people see of the encryption of picture and sound. */

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
	compared: "You compared it with the people who are here now.",
	people: "In the keys",
	you: "You",
	notYet: "Keys not exchanged yet",
	recognised: { same: "Same device as last time", other: "Not the device of last time", new: "" },
	stranger: (name: string) =>
		`Somebody called ${name} was here before, with another device. Compare the safety code to be sure who it is.`,
	changes: "What changed",
	came: (name: string) => `${name} came into the keys`,
	left: (name: string) => `${name} is not in the keys any more`,
};

export type EncryptionWords = typeof encryption;
