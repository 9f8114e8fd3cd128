/** Web Locks as far as the page uses them: shared holders, and who asks for a lock alone. */

interface Options {
	readonly mode?: LockMode;
	readonly ifAvailable?: boolean;
	readonly signal?: AbortSignal;
}

export class FakeLocks {
	/** Tabs that hold a lock, by its name. */
	readonly held: string[] = [];

	async request<T>(
		name: string,
		options: Options,
		run: (lock: object | null) => T | Promise<T>,
	): Promise<T> {
		if (options.mode === "shared") {
			this.held.push(name);
			const result = await run({});
			this.held.splice(this.held.indexOf(name), 1);
			return result;
		}
		if (!this.held.includes(name)) return run({});
		if (options.ifAvailable) return run(null);
		throw new DOMException("nobody let go of it in time", "TimeoutError");
	}
}
