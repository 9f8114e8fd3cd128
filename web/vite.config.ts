import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

// The server answers /assets/ from this folder and finds file names in the manifest.
export default defineConfig({
	base: "/assets/",
	plugins: [preact({ prefreshEnabled: false, devToolsEnabled: false })],
	build: {
		outDir: "../meetd/pages/assets",
		emptyOutDir: true,
		manifest: "manifest.json",
		target: "es2023",
		modulePreload: { polyfill: false },
		assetsInlineLimit: 0,
		rollupOptions: {
			input: {
				room: "src/main.tsx",
				pages: "src/pages.ts",
				door: "src/door_entry.ts",
				passkeys: "src/passkeys.ts",
				copy: "src/copy.ts",
				erased: "src/erased.ts",
				follow: "src/follow.ts",
				notifications: "src/notifications.ts",
				service_worker: "src/service_worker.ts",
			},
		},
	},
});
