/** A calm initial on a tinted ground, where there is no picture. The tint follows from the name. */
import { initialsOf, tintOf } from "./names";

export function Avatar({ name }: { readonly name: string }) {
	return (
		<div class={`avatar tint-${tintOf(name)}`} aria-hidden="true">
			<span class="avatar-initials">{initialsOf(name)}</span>
		</div>
	);
}
