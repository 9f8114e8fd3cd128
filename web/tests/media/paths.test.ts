import { beforeEach, describe, expect, it } from "vitest";
import type { PathMedia } from "../../src/media/path_choice";
import { Paths } from "../../src/media/paths";
import { UNMEASURED } from "../../src/media/quality";
import type { Relay, RelayOptions } from "../../src/media/relay/relay";
import type { Slot } from "../../src/media/slots";
import { ShownTiles } from "../../src/media/tiles";
import type { Refusal, RelayOffered, Tile } from "../../src/protocol/generated";
import type { PathState, RemoteMedia } from "../../src/state/media";
import type { Path } from "../../src/state/model";
import { FakeClock, settle } from "../fakes/clock";
import { FakePeerConnection } from "../fakes/peer_connection";

/** The lazily loaded part, as the test plays it. */
class FakeRelay {
	static all: FakeRelay[] = [];
	kept: readonly string[] = [];
	readonly calls: string[] = [];
	readonly tracks: [Slot, unknown][] = [];
	closed = false;

	constructor(readonly options: RelayOptions) {
		FakeRelay.all.push(this);
	}

	keep(participants: ReadonlySet<string>): void {
		this.kept = [...participants];
	}

	setTrack(slot: Slot, track: unknown): void {
		this.tracks.push([slot, track]);
	}

	hear({ offer }: RelayOffered): void {
		this.calls.push(`hear ${offer}`);
	}

	resume = () => void this.calls.push("resume");
	replace = () => void this.calls.push("replace");
	networkChanged = () => void this.calls.push("network changed");
	retry = () => void this.calls.push("retry");

	close(): void {
		this.closed = true;
		for (const id of this.kept) this.options.changed(id, null);
	}

	brings(id: string, state: PathState, stream = "relayed"): void {
		const streams = { microphone: null, camera: named(stream), screen: null, screenSound: null };
		const media: PathMedia = {
			state,
			arrived: state === "connected",
			streams,
			measured: UNMEASURED,
		};
		this.options.changed(id, media);
		this.options.report(id, state);
	}
}

const named = (name: string) => ({ name }) as unknown as MediaStream;
const RELAYED: Path = { path: "relayed", state: "connecting", why: "crowd" };
const DIRECT: Path = { path: "direct", state: "connecting", why: "" };
const connected = (path: Path): Path => ({ ...path, state: "connected" });
const OFFERED = {
	type: "RelayOffered",
	connection: "one",
	offer: 7,
	sdp: "",
	streams: [],
} as const;

class Page {
	readonly clock = new FakeClock();
	readonly direct: FakePeerConnection[] = [];
	readonly reports: string[] = [];
	readonly told: (readonly Tile[])[] = [];
	readonly media = new Map<string, RemoteMedia>();
	readonly paths: Paths;
	unsent: Refusal | null = null;
	loads = 0;
	loaded: Promise<void> = Promise.resolve();

	constructor() {
		this.paths = new Paths({
			clock: this.clock,
			frames: () => null,
			tiles: new ShownTiles({ clock: this.clock, tell: (tiles) => this.told.push(tiles) }),
			makeDirect: () => {
				const pc = new FakePeerConnection();
				this.direct.push(pc);
				return pc as unknown as RTCPeerConnection;
			},
			makeRelayed: () => {
				throw new Error("the test plays this");
			},
			load: async () => {
				this.loads += 1;
				await this.loaded;
				return { Relay: FakeRelay as unknown as new (options: RelayOptions) => Relay };
			},
			makeStream: () => named("direct"),
			newId: () => "connection",
			online: () => true,
			ask: () => Promise.resolve(null),
			sends: () => ({ microphone: true, camera: true }),
			send: () => undefined,
			changed: (id, media) => {
				if (media === null) this.media.delete(id);
				else this.media.set(id, media);
			},
			unsent: (refusal) => {
				this.unsent = refusal;
			},
			report: (id, path, state) => this.reports.push(`${id} ${path} ${state}`),
		});
	}

	get relay(): FakeRelay {
		const relay = FakeRelay.all.at(-1);
		if (!relay) throw new Error("no relay was needed");
		return relay;
	}

	async keep(paths: Readonly<Record<string, Path>>, relayedOnly = false): Promise<void> {
		this.paths.keep({ you: "ada", participants: ["ada", "bob"], paths, relayedOnly });
		await settle();
	}

	async comeBack(paths: Readonly<Record<string, Path>>): Promise<void> {
		this.paths.comeBack({ you: "ada", participants: ["ada", "bob"], paths, relayedOnly: false });
		await settle();
	}

	/** On the relay, and seen there. */
	async relayed(): Promise<void> {
		await this.keep({ bob: RELAYED });
		this.relay.brings("bob", "connected");
		await this.keep({ bob: connected(RELAYED) });
	}
}

let page: Page;
beforeEach(() => {
	FakeRelay.all = [];
	page = new Page();
});

it("is direct where nothing else is said, and loads nothing for it", async () => {
	await page.keep({});
	expect(page.direct).toHaveLength(1);
	expect(page.loads).toBe(0);
	expect(page.media.get("bob")).toMatchObject({ path: "direct", state: "connecting" });
});

it("builds no direct path at all where the server relays always", async () => {
	await page.keep({}, true);
	await page.keep({ bob: { ...RELAYED, why: "setting" } }, true);
	expect(page.direct).toHaveLength(0);
	expect(page.relay.kept).toEqual(["bob"]);
	expect(page.told).toHaveLength(1);
});

it("says of a direct path that it has been bad for long, and that it is good again", async () => {
	await page.keep({});
	const [pc] = page.direct;
	const counters = { packetsReceived: 0, packetsLost: 0, framesDecoded: 0 };
	let lossy = true;
	Object.assign(pc as object, {
		getStats: async () => {
			counters.packetsReceived += 80;
			counters.packetsLost += lossy ? 20 : 0;
			counters.framesDecoded += 10;
			return new Map([["one", { type: "inbound-rtp", ...counters }]]);
		},
	});
	pc?.turn("connected");
	await page.clock.advance(14_000);
	expect(page.reports.at(-1)).toBe("bob direct connected");
	await page.clock.advance(6_000);
	expect(page.reports.at(-1)).toBe("bob direct degraded");
	expect(page.media.get("bob")).toMatchObject({ state: "connected", quality: "poor" });
	lossy = false;
	await page.clock.advance(30_000);
	expect(page.reports.slice(-2)).toEqual(["bob direct degraded", "bob direct connected"]);
});

describe("to the relay", () => {
	beforeEach(async () => {
		await page.keep({});
		page.direct[0]?.turn("connected");
		await page.keep({ bob: RELAYED });
	});

	it("keeps showing the direct path until the relay brings something", async () => {
		page.relay.brings("bob", "connecting");
		expect(page.media.get("bob")).toMatchObject({ path: "direct", state: "connected" });
		page.relay.brings("bob", "connected");
		expect(page.media.get("bob")).toMatchObject({
			path: "relayed",
			state: "connected",
			why: "crowd",
		});
		expect(page.direct[0]?.connectionState).toBe("connected");
		expect(page.reports.at(-1)).toBe("bob relayed connected");
	});

	it("ends the direct path when both ends have the relayed one", async () => {
		page.relay.brings("bob", "connected");
		await page.keep({ bob: connected(RELAYED) });
		expect(page.direct[0]?.connectionState).toBe("closed");
		expect(page.media.get("bob")).toMatchObject({ path: "relayed", state: "connected" });
	});
});

describe("back to the direct path", () => {
	beforeEach(async () => {
		await page.relayed();
		page.reports.length = 0;
		await page.keep({ bob: DIRECT });
	});

	it("keeps the relay, and its reason, meanwhile", () => {
		expect(page.direct).toHaveLength(1);
		expect(page.relay.closed).toBe(false);
		expect(page.media.get("bob")).toMatchObject({
			path: "relayed",
			state: "connected",
			why: "crowd",
		});
	});

	it("does not call the direct path connected before it brings something", async () => {
		const pc = page.direct[0];
		let frames = 0;
		Object.assign(pc as object, {
			getStats: async () =>
				new Map([["one", { type: "inbound-rtp", framesDecoded: frames, packetsReceived: frames }]]),
		});
		pc?.turn("connected");
		await page.clock.advance(1_000);
		expect(page.reports).toEqual(["bob direct connecting"]);
		expect(page.media.get("bob")?.path).toBe("relayed");
		frames = 3;
		await page.clock.advance(300);
		expect(page.reports).toEqual(["bob direct connecting", "bob direct connected"]);
		expect(page.media.get("bob")).toMatchObject({ path: "direct", state: "connected", why: "" });
	});

	it("ends the relay when both ends have the direct path", async () => {
		await page.keep({ bob: connected(DIRECT) });
		expect(page.relay.closed).toBe(true);
	});

	it("goes on relayed when the direct path fails", async () => {
		await page.clock.advance(6_000);
		expect(page.reports).toContain("bob direct failed");
		await page.keep({ bob: { ...connected(RELAYED), why: "failed" } });
		expect(page.relay.closed).toBe(false);
		expect(page.media.get("bob")).toMatchObject({
			path: "relayed",
			state: "connected",
			why: "failed",
		});
	});
});

describe("what comes before the code of the relay is there", () => {
	let arrive: () => void;
	beforeEach(async () => {
		page.loaded = new Promise((resolve) => {
			arrive = resolve;
		});
		await page.keep({ bob: RELAYED });
	});

	it("is kept for it", async () => {
		page.paths.offered(OFFERED);
		arrive();
		await settle();
		expect(page.relay.calls).toEqual(["hear 7"]);
	});

	it("is forgotten when nobody needs it any more", async () => {
		await page.keep({ bob: DIRECT });
		arrive();
		await settle();
		expect(FakeRelay.all).toEqual([]);
		expect(page.loads).toBe(1);
	});
});

it("tries again when the code cannot be had", async () => {
	page.loaded = Promise.reject(new Error("the server is restarting"));
	await page.keep({ bob: RELAYED });
	page.loaded = Promise.resolve();
	await page.clock.advance(3_000);
	expect(page.loads).toBe(2);
	expect(page.relay.kept).toEqual(["bob"]);
});

it("sends every slot over both paths, and to whatever comes later", async () => {
	await page.relayed();
	const track = { id: "screen" } as MediaStreamTrack;
	page.paths.send("screen", track);
	expect(page.relay.tracks).toEqual([["screen", track]]);
	expect(page.relay.options.tracks().screen).toBe(track);
});

describe("after coming back", () => {
	it("goes on with the connections that the server still has", async () => {
		await page.relayed();
		await page.comeBack({ bob: connected(RELAYED) });
		expect(FakeRelay.all).toHaveLength(1);
		expect(page.relay.calls).toEqual(["resume"]);
		expect(page.told).toHaveLength(2);
	});

	it("begins anew with a server that forgot them", async () => {
		await page.relayed();
		await page.comeBack({ bob: RELAYED });
		expect(FakeRelay.all.map(({ closed }) => closed)).toEqual([true, false]);
	});

	it("replaces what a page before it, in the same seat, received on", async () => {
		await page.comeBack({ bob: connected(RELAYED) });
		expect(page.relay.calls).toEqual(["replace"]);
	});

	it("waits for the offer of a server that never met it", async () => {
		await page.comeBack({ bob: RELAYED });
		expect(page.relay.calls).toEqual([]);
	});
});

describe("a refusal of the relay", () => {
	const full = { code: "RelayFull", facts: { limit: 4 } } as const;
	it("is told with the person whom it concerns, while it does", async () => {
		await page.keep({ bob: RELAYED });
		page.relay.brings("bob", "failed");
		page.relay.options.refused(full);
		expect(page.media.get("bob")).toMatchObject({ state: "failed", refusal: full });
		page.relay.options.refused(null);
		expect(page.media.get("bob")?.refusal).toBeNull();
	});
	it("is told to who sends for nobody, until the relay takes it or is not needed", async () => {
		await page.keep({ bob: RELAYED });
		page.relay.options.refused(full);
		expect(page.unsent).toEqual(full);
		page.relay.options.refused(null);
		expect(page.unsent).toBeNull();
		page.relay.options.refused(full);
		await page.keep({ bob: DIRECT });
		expect(page.unsent).toBeNull();
	});
	it("is not told when it only means that something changed meanwhile", async () => {
		await page.keep({ bob: RELAYED });
		page.relay.brings("bob", "failed");
		page.relay.options.refused({ code: "NotRelayed", facts: {} });
		expect(page.media.get("bob")?.refusal).toBeNull();
	});
});

it("expects a relayed picture only where it is looked at", async () => {
	await page.keep({ bob: RELAYED });
	expect(page.relay.options.expects("bob")).toEqual({ sound: true, picture: false });
});

it("leaves nothing behind", async () => {
	await page.relayed();
	page.paths.close();
	expect(page.media.size).toBe(0);
	expect(page.relay.closed).toBe(true);
	expect(page.clock.waiting).toBe(0);
});
