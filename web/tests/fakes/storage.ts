/** A Storage in memory: what the browser keeps, as a test may have left it there. */

export class FakeStorage {
	readonly #items = new Map<string, string>();

	getItem(key: string): string | null {
		return this.#items.get(key) ?? null;
	}

	/** As an own property as well: `Object.keys` of a Storage are its keys. */
	setItem(key: string, value: string): void {
		this.#items.set(key, value);
		Object.defineProperty(this, key, { value, enumerable: true, configurable: true });
	}

	removeItem(key: string): void {
		this.#items.delete(key);
		Reflect.deleteProperty(this, key);
	}
}
