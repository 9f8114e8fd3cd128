// Replaces the camera of a page by a drawn person who breathes, and the microphone by a quiet tone or
// silence. Called with one of the people of __main__.py.
(person) => {
	const width = 960;
	const height = 540;
	const canvas = document.createElement("canvas");
	canvas.width = width;
	canvas.height = height;
	const pen = canvas.getContext("2d");

	const fill = (colour, draw) => {
		pen.fillStyle = colour;
		pen.beginPath();
		draw();
		pen.fill();
	};
	const stroke = (colour, thickness, draw) => {
		pen.strokeStyle = colour;
		pen.lineWidth = thickness;
		pen.lineCap = "round";
		pen.beginPath();
		draw();
		pen.stroke();
	};
	const oval = (x, y, across, down, turn = 0) => pen.ellipse(x, y, across, down, turn, 0, 7);
	const box = (x, y, across, down, radius) => pen.roundRect(x, y, across, down, radius);

	const places = {
		window() {
			fill(person.light, () => box(90, 60, 250, 300, 10));
			fill(person.wall, () => box(207, 60, 14, 300, 0));
			fill(person.wall, () => box(90, 196, 250, 14, 0));
			fill(person.wood, () => box(70, 356, 290, 16, 6));
			plant(850, 560, 1.2);
		},
		shelf() {
			fill(person.wood, () => box(610, 150, 300, 14, 5));
			fill(person.wood, () => box(610, 330, 300, 14, 5));
			const books = [34, 26, 40, 30, 24, 36];
			let x = 626;
			books.forEach((across, index) => {
				const tall = 84 + ((index * 37) % 40);
				fill(person.books[index % person.books.length], () =>
					box(x, 150 - tall, across - 5, tall, 3),
				);
				x += across;
			});
			plant(850, 330, 0.62);
			fill(person.light, () => oval(680, 290, 34, 38));
			fill(person.wall, () => oval(680, 290, 22, 26));
			fill(person.light, () => box(100, 90, 190, 140, 6));
			fill(person.books[1], () => oval(170, 178, 44, 30));
			fill(person.books[2], () => oval(220, 150, 22, 22));
		},
		lamp() {
			stroke(person.wood, 8, () => {
				pen.moveTo(170, 540);
				pen.lineTo(170, 240);
			});
			fill(person.light, () => {
				pen.moveTo(120, 240);
				pen.lineTo(220, 240);
				pen.lineTo(196, 150);
				pen.lineTo(144, 150);
			});
			fill(person.books[0], () => box(690, 90, 170, 220, 6));
			fill(person.light, () => box(706, 106, 138, 188, 3));
			fill(person.books[1], () => oval(775, 212, 40, 56));
		},
		kitchen() {
			for (let row = 0; row < 3; row += 1) {
				for (let column = 0; column < 12; column += 1) {
					fill(person.light, () => box(8 + column * 80, 20 + row * 80, 72, 72, 6));
				}
			}
			fill(person.wood, () => box(0, 264, 960, 18, 0));
			fill(person.books[0], () => box(720, 190, 64, 74, 10));
			fill(person.books[1], () => box(800, 210, 50, 54, 8));
			plant(150, 264, 0.62);
		},
	};

	const plant = (x, y, size) => {
		const leaves = [-1.1, -0.62, -0.2, 0.25, 0.66, 1.12];
		leaves.forEach((turn, index) => {
			const reach = (110 + (index % 3) * 26) * size;
			fill(index % 2 ? person.leaf : person.leafDark, () =>
				oval(
					x + Math.sin(turn) * reach * 0.62,
					y - 60 * size - Math.cos(turn) * reach * 0.62,
					24 * size,
					reach * 0.58,
					turn,
				),
			);
		});
		fill(person.pot, () => {
			pen.moveTo(x - 46 * size, y - 76 * size);
			pen.lineTo(x + 46 * size, y - 76 * size);
			pen.lineTo(x + 34 * size, y);
			pen.lineTo(x - 34 * size, y);
		});
	};

	const hairBehind = {
		bob: () => fill(person.hair, () => box(362, 128, 236, 262, 110)),
		long: () => {
			fill(person.hair, () => box(356, 126, 248, 300, 118));
			fill(person.hair, () => box(356, 300, 70, 190, 30));
			fill(person.hair, () => box(534, 300, 70, 190, 30));
		},
		curls: () => {
			const curls = [
				[390, 190], [386, 250], [400, 310], [430, 140], [480, 122], [530, 140],
				[570, 190], [574, 250], [560, 310],
			];
			for (const [x, y] of curls) fill(person.hair, () => oval(x, y, 50, 48));
		},
		short: () => fill(person.hair, () => oval(480, 214, 112, 106)),
		scarf: () => fill(person.hair, () => box(352, 116, 256, 316, 124)),
	};
	const hairBefore = {
		bob: () =>
			fill(person.hair, () => {
				pen.moveTo(378, 232);
				pen.quadraticCurveTo(392, 128, 482, 128);
				pen.quadraticCurveTo(570, 130, 582, 232);
				pen.quadraticCurveTo(540, 206, 520, 176);
				pen.quadraticCurveTo(470, 216, 378, 232);
			}),
		long: () =>
			fill(person.hair, () => {
				pen.moveTo(378, 250);
				pen.quadraticCurveTo(386, 130, 480, 128);
				pen.quadraticCurveTo(574, 130, 582, 250);
				pen.quadraticCurveTo(560, 200, 480, 168);
				pen.quadraticCurveTo(402, 200, 378, 250);
			}),
		curls: () => {
			const curls = [[420, 172], [460, 158], [505, 158], [542, 174]];
			for (const [x, y] of curls) fill(person.hair, () => oval(x, y, 34, 28));
		},
		short: () =>
			fill(person.hair, () => {
				pen.moveTo(380, 226);
				pen.quadraticCurveTo(378, 122, 490, 118);
				pen.quadraticCurveTo(586, 128, 580, 226);
				pen.quadraticCurveTo(566, 184, 540, 174);
				pen.quadraticCurveTo(450, 190, 404, 170);
				pen.quadraticCurveTo(388, 190, 380, 226);
			}),
		scarf: () => {
			fill(person.hair, () => {
				pen.moveTo(372, 256);
				pen.quadraticCurveTo(380, 128, 480, 126);
				pen.quadraticCurveTo(580, 128, 588, 256);
				pen.quadraticCurveTo(560, 176, 480, 172);
				pen.quadraticCurveTo(400, 176, 372, 256);
			});
			fill(person.hair, () => {
				pen.moveTo(384, 360);
				pen.quadraticCurveTo(480, 420, 576, 360);
				pen.quadraticCurveTo(610, 420, 600, 452);
				pen.quadraticCurveTo(500, 520, 372, 462);
				pen.quadraticCurveTo(360, 410, 384, 360);
			});
			stroke(person.scarfLine, 6, () => {
				pen.moveTo(392, 396);
				pen.quadraticCurveTo(470, 458, 584, 420);
			});
		},
	};

	const body = () => {
		fill(person.shirt, () => box(262, 424, 436, 260, 130));
		if (person.style === "scarf") return;
		fill(person.skinDark, () => box(440, 340, 80, 110, 36));
		fill(person.skinDark, () => oval(480, 444, 58, 34));
	};
	const face = () => {
		fill(person.skin, () => box(382, 150, 196, 246, 96));
		if (person.style !== "scarf" && person.style !== "bob" && person.style !== "long") {
			fill(person.skin, () => oval(378, 276, 18, 28));
			fill(person.skin, () => oval(582, 276, 18, 28));
		}
		for (const x of [436, 524]) {
			fill(person.ink, () => oval(x, 268, 8, 10));
			stroke(person.hairLine ?? person.hair, 7, () => {
				pen.moveTo(x - 20, 240);
				pen.quadraticCurveTo(x, 228, x + 20, 240);
			});
		}
		stroke(person.skinDark, 7, () => {
			pen.moveTo(482, 278);
			pen.quadraticCurveTo(494, 306, 474, 308);
		});
		for (const x of [414, 546]) fill(person.blush, () => oval(x, 316, 22, 13));
		stroke(person.lips, 8, () => {
			pen.moveTo(446, 338);
			pen.quadraticCurveTo(480, 366, 514, 338);
		});
		if (person.beard) {
			fill(person.hair, () => {
				pen.moveTo(382, 300);
				pen.quadraticCurveTo(394, 404, 480, 412);
				pen.quadraticCurveTo(566, 404, 578, 300);
				pen.quadraticCurveTo(552, 336, 520, 326);
				pen.quadraticCurveTo(480, 312, 440, 326);
				pen.quadraticCurveTo(408, 336, 382, 300);
			});
			stroke(person.lips, 8, () => {
				pen.moveTo(450, 346);
				pen.quadraticCurveTo(480, 366, 510, 346);
			});
		}
	};
	const glasses = () => {
		for (const x of [434, 526]) stroke(person.ink, 6, () => box(x - 34, 240, 68, 58, 24));
		stroke(person.ink, 6, () => {
			pen.moveTo(468, 262);
			pen.quadraticCurveTo(480, 254, 492, 262);
		});
	};

	const draw = () => {
		fill(person.wall, () => pen.rect(0, 0, width, height));
		places[person.place]();
		pen.save();
		// Nearer to the camera, and a little to one side, as people sit.
		pen.translate(480 + person.aside, 540);
		pen.scale(person.near, person.near);
		pen.translate(-480, -540);
		hairBehind[person.style]();
		body();
		face();
		hairBefore[person.style]();
		if (person.glasses) glasses();
		pen.restore();
	};

	const camera = () => {
		draw();
		const [track] = canvas.captureStream(5).getVideoTracks();
		setInterval(draw, 200);
		return track;
	};
	const microphone = () => {
		const context = new AudioContext();
		const gain = new GainNode(context, { gain: person.speaks ? 0.12 : 0 });
		const out = context.createMediaStreamDestination();
		const tone = new OscillatorNode(context, { frequency: 220 });
		tone.connect(gain).connect(out);
		tone.start();
		return out.stream.getAudioTracks()[0];
	};
	navigator.mediaDevices.enumerateDevices = async () =>
		[
			["audioinput", "Microphone of this computer"],
			["videoinput", "Camera of this computer"],
		].map(([kind, label]) => ({ kind, label, deviceId: kind, groupId: "" }));
	const kept = {};
	navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
		if (audio) kept.audio ??= microphone();
		if (video) kept.video ??= camera();
		const tracks = [audio && kept.audio, video && kept.video].filter(Boolean);
		return new MediaStream(tracks.map((track) => track.clone()));
	};
}
