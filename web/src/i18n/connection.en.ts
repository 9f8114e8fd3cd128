/** About the path to one person. */
export const connection = {
	paths: { direct: "Direct", relayed: "Relayed" },
	reasons: {
		direct: "Picture and sound go straight from browser to browser.",
		relayed: "This server passes picture and sound on.",
		failed:
			"Your browsers found no direct path to each other, so this server passes picture and sound on.",
		degraded: "The direct path was bad for too long, so this server passes picture and sound on.",
		crowd:
			"There are many people here, so this server passes picture and sound on: nobody has to send them to everybody.",
		setting:
			"This server always passes picture and sound on, so that nobody learns your network address.",
	},
	details: "Connection details",
	title: (name: string) => `Connection to ${name}`,
	none: "There is no connection now.",
	path: "Path",
	quality: "Quality",
	qualities: { good: "Good", fair: "Fair", poor: "Poor" },
	picture: "Picture",
	lines: (height: number) => `${height} lines`,
	bitrate: "Received",
	loss: "Lost",
	roundTrip: { direct: "There and back", relayed: "To the server and back" },
	relayFails:
		"The way through this server does not work now, and the page keeps trying. Try again, or switch to another network.",
	unsent: (why: string) => `Not everybody can see and hear you. ${why}`,
	notRelayed: (name: string, why: string) => `No picture or sound from ${name}. ${why}`,
};

export type ConnectionWords = typeof connection;
