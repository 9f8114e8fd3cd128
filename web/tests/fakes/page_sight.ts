/** A page that is seen, or lies behind another one, as a test says. */
import type { Seen } from "../../src/pdf/patience";

export class FakeSight extends EventTarget implements Seen {
	hidden = false;

	hide(hidden: boolean): void {
		this.hidden = hidden;
		this.dispatchEvent(new Event("visibilitychange"));
	}
}
