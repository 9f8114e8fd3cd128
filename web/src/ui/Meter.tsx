/** A level meter that follows a signal without redrawing anything: it sets one custom property. */
import { effect, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { setProperty } from "./place";

interface MeterProps {
	readonly label: string;
	readonly level: ReadonlySignal<number>;
}

export function Meter({ label, level }: MeterProps) {
	const bar = useRef<HTMLDivElement>(null);
	useEffect(
		() =>
			effect(() => {
				const value = Math.min(1, Math.max(0, level.value));
				const element = bar.current;
				if (!element) return;
				setProperty(element, "--level", value.toFixed(2));
				element.setAttribute("aria-valuenow", String(Math.round(value * 100)));
			}),
		[level],
	);
	return (
		// biome-ignore lint/a11y/useSemanticElements: <meter> cannot be styled alike in all browsers.
		<div
			ref={bar}
			class="meter"
			role="meter"
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={100}
			aria-valuenow={0}
		/>
	);
}
