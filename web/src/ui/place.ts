/**
 * The one place where script sets sizes. Through the CSSOM, which the Content-Security-Policy
 * allows; style attributes in markup are forbidden and not used anywhere.
 */

export interface Rect {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

export function setProperty(element: HTMLElement, name: `--${string}`, value: string): void {
	element.style.setProperty(name, value);
}

export function place(element: HTMLElement, rect: Rect): void {
	setProperty(element, "--x", `${rect.x}px`);
	setProperty(element, "--y", `${rect.y}px`);
	setProperty(element, "--width", `${rect.width}px`);
	setProperty(element, "--height", `${rect.height}px`);
}
