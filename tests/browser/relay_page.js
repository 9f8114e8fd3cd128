// As little of a page as the relay needs: joins, publishes, receives, and counts what it decodes.
window.relay = {
	log: [],
	paths: {},
	streams: [],
	you: null,

	async start(room, name, { screen = false, video = { width: 1280, height: 720 } } = {}) {
		this.media = await navigator.mediaDevices.getUserMedia({ audio: true, video });
		this.socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws`);
		this.waiting = new Map();
		this.ref = 0;
		this.socket.onmessage = ({ data }) => this.heard(JSON.parse(data));
		await new Promise((open) => (this.socket.onopen = open));
		setInterval(() => this.ask({ type: "Ping" }), 10_000);
		const welcome = await this.ask({
			type: "Join", room, name, microphone: true, camera: true, screen,
		});
		this.you = welcome.you;
		for (const path of welcome.paths) await this.heard(path);
	},

	ask(command) {
		const ref = ++this.ref;
		this.socket.send(JSON.stringify({ ...command, ref }));
		return new Promise((done) => this.waiting.set(ref, done));
	},

	async heard(event) {
		if (event.ref && this.waiting.has(event.ref)) {
			this.waiting.get(event.ref)(event);
			this.waiting.delete(event.ref);
			return;
		}
		if (event.type === "PathChanged") {
			this.paths[event.participant] = event;
			if (event.path === "relayed" && !this.publisher) await this.publish();
		}
		if (event.type === "RelayOffered") await this.receive(event);
		if (event.type === "Refused" || event.type === "Ended") this.log.push(event);
	},

	async publish() {
		const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
		this.publisher = pc;
		this.publisherName = crypto.randomUUID().replaceAll("-", "");
		const [audio] = this.media.getAudioTracks();
		const [video] = this.media.getVideoTracks();
		pc.addTransceiver(audio, { direction: "sendonly" });
		pc.addTransceiver(video, {
			direction: "sendonly",
			sendEncodings: [
				{ rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
				{ rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
				{ rid: "f", maxBitrate: 1_700_000 },
			],
		});
		this.screen = pc.addTransceiver("video", { direction: "sendonly" });
		pc.addTransceiver("audio", { direction: "sendonly" });
		await this.offer();
	},

	async offer(options) {
		const pc = this.publisher;
		await pc.setLocalDescription(await pc.createOffer(options));
		const answer = await this.ask({
			type: "RelayPublish", connection: this.publisherName, sdp: pc.localDescription.sdp,
		});
		if (answer.type !== "RelayAnswered") {
			this.log.push(answer);
			return;
		}
		await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
	},

	receive(offered) {
		this.receiving = (this.receiving ?? Promise.resolve()).then(() => this.take(offered));
		return this.receiving;
	},

	async take(offered) {
		if (this.connection !== offered.connection) {
			this.subscriber?.close();
			this.subscriber = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
			this.connection = offered.connection;
		}
		const pc = this.subscriber;
		await pc.setRemoteDescription({ type: "offer", sdp: offered.sdp });
		await pc.setLocalDescription();
		this.streams = offered.streams;
		for (const { mid, slot } of offered.streams) this.play(pc, mid, slot);
		const sections = pc.localDescription.sdp.split(/(?=^m=)/m);
		const answer = await this.ask({
			type: "RelayAccept", connection: offered.connection, offer: offered.offer,
			sdp: sections.slice(0, 2).join(""),
		});
		if (answer.type !== "Done") this.log.push(answer);
	},

	play(pc, mid, slot) {
		if (document.getElementById(mid)) return;
		const { track } = pc.getTransceivers().find((one) => one.mid === mid).receiver;
		const isSound = slot === "microphone" || slot === "screenSound";
		const element = document.createElement(isSound ? "audio" : "video");
		element.id = mid;
		element.autoplay = true;
		element.muted = !isSound;
		element.srcObject = new MediaStream([track]);
		document.body.append(element);
	},

	/** What is decoded of each stream: {participant, slot, frames or samples, height, freezes}. */
	async decoded() {
		if (!this.subscriber) return [];
		const found = [];
		const stats = [...(await this.subscriber.getStats()).values()];
		for (const stream of this.streams) {
			const entry = stats.find((one) => one.type === "inbound-rtp" && one.mid === stream.mid);
			found.push({
				...stream,
				count: entry?.framesDecoded ?? entry?.totalAudioEnergy ?? 0,
				height: entry?.frameHeight ?? 0,
				packets: entry?.packetsReceived ?? 0,
				lost: entry?.packetsLost ?? 0,
				freezes: entry?.freezeCount ?? 0,
				samples: entry?.totalSamplesReceived ?? 0,
				concealed: entry?.concealedSamples ?? 0,
			});
		}
		return found;
	},

	states() {
		return [this.publisher?.connectionState, this.subscriber?.connectionState];
	},
};
