/** An icon that says something, with the words for it. */
import { Icon, type IconName } from "../../ui/Icon";

export function Sign({ icon, text }: { readonly icon: IconName; readonly text: string }) {
	return (
		<span class="mark-inline" title={text}>
			<Icon name={icon} size="small" />
			<span class="visually-hidden">{text}</span>
		</span>
	);
}
