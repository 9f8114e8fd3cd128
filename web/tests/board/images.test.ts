import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Images } from "../../src/board/images";
import type { PastedImage } from "../../src/board/model";
import { settle } from "../fakes/clock";

/** What a browser decoded; a test says when, and hears when it is closed. */
class FakeBitmap {
	closed = false;
	close(): void {
		this.closed = true;
	}
}

let decoding: { give(bitmap: FakeBitmap): void; fail(): void }[];

beforeEach(() => {
	decoding = [];
	vi.stubGlobal("createImageBitmap", () => {
		return new Promise((give, fail) => {
			decoding.push({ give, fail: () => fail(new Error("damaged")) });
		});
	});
});
afterEach(() => vi.unstubAllGlobals());

/** The head of a JPEG that says how large it is (ITU T.81, B.2.2). */
function jpeg(width: number, height: number): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(20);
	const view = new DataView(bytes.buffer);
	view.setUint16(0, 0xffd8);
	view.setUint16(2, 0xffc0);
	view.setUint16(4, 17);
	view.setUint16(7, height);
	view.setUint16(9, width);
	return bytes;
}

function image(id: number): PastedImage {
	return { kind: "image", image: `i${id}`, parts: 1 } as PastedImage;
}

/** 4 million pixels each: sixteen of them are all that fits. */
function makeImages(side = 2_000) {
	const changes: number[] = [];
	const images = new Images(
		() => jpeg(side, side),
		() => changes.push(1),
	);
	return { images, changes };
}

async function show(images: Images, ids: readonly number[]): Promise<FakeBitmap[]> {
	images.begin();
	for (const id of ids) images.of(image(id));
	const made = decoding.map(({ give }) => {
		const bitmap = new FakeBitmap();
		give(bitmap);
		return bitmap;
	});
	decoding = [];
	await settle();
	return made;
}

const sixteen = Array.from({ length: 16 }, (_, n) => n);

describe("images of a board", () => {
	it("are decoded once, and there with the next picture", async () => {
		const { images, changes } = makeImages();
		const [bitmap] = await show(images, [1, 1]);
		expect(changes).toHaveLength(1);
		expect(images.of(image(1))).toBe(bitmap);
		expect(await show(images, [1])).toEqual([]);
	});

	it("are only as many as fit into the memory, however often a picture asks", async () => {
		const { images, changes } = makeImages();
		expect(await show(images, [...sixteen, 16, 17])).toHaveLength(16);
		expect(await show(images, [...sixteen, 16, 17])).toEqual([]);
		expect(changes).toHaveLength(16);
		expect(images.of(image(17))).toBeNull();
	});

	it("make room for what is looked at, longest ago first", async () => {
		const { images } = makeImages();
		const old = await show(images, sixteen);
		await show(images, [0, 1]);
		expect(await show(images, [20, 21])).toHaveLength(2);
		const gone = old.flatMap(({ closed }, n) => (closed ? [n] : []));
		expect(gone).toEqual([2, 3]);
		expect(images.of(image(0))).toBe(old[0]);
	});

	it("take no room where they are damaged or too large", async () => {
		const damaged = makeImages().images;
		for (const id of sixteen) damaged.of(image(id));
		for (const { fail } of decoding) fail();
		await settle();
		decoding = [];
		expect(await show(damaged, [...sixteen, 20])).toHaveLength(1);
		expect(await show(makeImages(2_049).images, [1])).toEqual([]);
	});

	it("are closed at the end, also those that come only then", async () => {
		const { images, changes } = makeImages();
		const [there] = await show(images, [1]);
		images.of(image(2));
		images.stop();
		const late = await show(images, [3]);
		expect([there, ...late].map((one) => one?.closed)).toEqual([true, true]);
		expect(changes).toHaveLength(1);
	});
});
