/** The house mark: a doorway with its door ajar. A test holds meetd/pages/templates/mark.svg to it. */
export function Mark() {
	return (
		<svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			<path class="mark-arch" d="M4 22V11a8 8 0 0 1 16 0v11Z" />
			<path class="mark-door" d="M9 22V12.5L16.5 9.4A8 8 0 0 1 18 13v9Z" />
		</svg>
	);
}
