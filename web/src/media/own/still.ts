/** A picture of the camera small enough to go along with a knock. */

/** What the server takes. */
const MOST_BYTES = 24_000;
const SIDES = [640, 480, 320, 240] as const;
const QUALITIES = [0.8, 0.6, 0.4] as const;

interface Size {
	readonly width: number;
	readonly height: number;
}

/** The same proportions, with no side longer than `longest` pixels. Never larger than it was. */
export function shrink({ width, height }: Size, longest: number): Size {
	const scale = Math.min(1, longest / Math.max(width, height));
	const scaled = (side: number) => Math.max(1, Math.round(side * scale));
	return { width: scaled(width), height: scaled(height) };
}

/** The best one that is small enough; null when even the smallest is not, or there is no picture. */
export async function smallEnough(
	source: Size,
	encode: (size: Size, quality: number) => Promise<Blob | null>,
): Promise<Blob | null> {
	if (source.width < 1 || source.height < 1) return null;
	for (const side of SIDES) {
		for (const quality of QUALITIES) {
			const blob = await encode(shrink(source, side), quality);
			if (blob !== null && blob.size <= MOST_BYTES) return blob;
		}
	}
	return null;
}

/** A JPEG of what the camera sees now. */
export async function takeStill(stream: MediaStream): Promise<Blob | null> {
	const video = document.createElement("video");
	video.muted = true;
	video.playsInline = true;
	video.srcObject = stream;
	try {
		await video.play();
		await firstFrame(video);
		return await smallEnough(
			{ width: video.videoWidth, height: video.videoHeight },
			encoder(video),
		);
	} finally {
		video.srcObject = null;
	}
}

function firstFrame(video: HTMLVideoElement): Promise<void> {
	return new Promise((resolve) => {
		if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) resolve();
		else video.addEventListener("loadeddata", () => resolve(), { once: true });
	});
}

function encoder(video: HTMLVideoElement) {
	const canvas = document.createElement("canvas");
	return ({ width, height }: Size, quality: number): Promise<Blob | null> => {
		canvas.width = width;
		canvas.height = height;
		canvas.getContext("2d")?.drawImage(video, 0, 0, width, height);
		return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
	};
}

/** As messages carry bytes (RFC 4648, 4). */
export async function base64Of(blob: Blob): Promise<string> {
	const bytes = new Uint8Array(await blob.arrayBuffer());
	return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
