// Looks ten times a second at what the hand-written page decodes, until it is asked to finish.
window.watch = {
	async start() {
		this.seen = new Map();
		this.running = true;
		this.began = performance.now();
		await this.look();
		this.looking = this.goOn();
	},

	async goOn() {
		while (this.running) {
			await new Promise((done) => setTimeout(done, 100));
			await this.look();
		}
	},

	async look() {
		for (const stream of await relay.decoded()) {
			const now = performance.now();
			const key = `${stream.participant} ${stream.slot}`;
			const seen = this.seen.get(key) ?? { first: stream, at: now, gap: 0, heights: {} };
			this.seen.set(key, seen);
			if (stream.count > (seen.last ?? stream).count) seen.at = now;
			seen.gap = Math.max(seen.gap, now - seen.at);
			seen.heights[stream.height] = (seen.heights[stream.height] ?? 0) + 1;
			seen.last = stream;
		}
	},

	/** Since the start, per stream; `gap` is the longest time in ms without anything new. */
	async finish() {
		this.running = false;
		await this.looking;
		const seconds = (performance.now() - this.began) / 1000;
		return [...this.seen.values()].map(({ first, last, gap, heights }) => ({
			participant: last.participant,
			slot: last.slot,
			perSecond: (last.count - first.count) / seconds,
			gap,
			heights,
			freezes: last.freezes - first.freezes,
			lost: last.lost - first.lost,
			concealed: (last.concealed - first.concealed) / Math.max(1, last.samples - first.samples),
		}));
	},
};
