/** Buttons. The name is always text: visible, or for icons alone as aria-label with a tooltip. */
import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";
import { Icon, type IconName } from "./Icon";

interface ButtonProps {
	readonly children: ComponentChildren;
	readonly kind?: "plain" | "primary" | "danger" | "quiet";
	readonly size?: "small" | "large";
	readonly icon?: IconName;
	readonly type?: "button" | "submit";
	readonly disabled?: boolean;
	/** Does nothing now and keeps the focus, which a disabled button loses. */
	readonly resting?: boolean;
	readonly busy?: boolean;
	readonly class?: string;
	readonly buttonRef?: Ref<HTMLButtonElement>;
	readonly onClick?: () => void;
}

export function Button(props: ButtonProps) {
	const kind = props.kind && props.kind !== "plain" ? ` button-${props.kind}` : "";
	const size = props.size ? ` button-${props.size}` : "";
	return (
		<button
			ref={props.buttonRef ?? null}
			type={props.type ?? "button"}
			class={`button${kind}${size}${props.class ? ` ${props.class}` : ""}`}
			disabled={props.disabled}
			aria-disabled={props.resting}
			aria-busy={props.busy}
			onClick={props.resting ? undefined : props.onClick}
		>
			{props.icon && <Icon name={props.icon} />}
			{props.children}
		</button>
	);
}

interface IconButtonProps {
	readonly label: string;
	readonly icon: IconName;
	/** Said beside the name in the tooltip, for example the shortcut. */
	readonly hint?: string;
	/** Instead of the name, where what is beside it tells what the button is about. */
	readonly tooltip?: string;
	readonly pressed?: boolean;
	readonly class?: string;
	readonly disabled?: boolean;
	readonly onClick: () => void;
}

export function IconButton({
	label,
	icon,
	hint,
	tooltip = label,
	pressed,
	disabled,
	onClick,
	...rest
}: IconButtonProps) {
	return (
		<button
			type="button"
			class={`button button-quiet button-icon${rest.class ? ` ${rest.class}` : ""}`}
			aria-label={label}
			aria-pressed={pressed}
			title={hint ? `${tooltip} (${hint})` : tooltip}
			disabled={disabled}
			onClick={onClick}
		>
			<Icon name={icon} />
		</button>
	);
}

interface ToggleProps {
	readonly label: string;
	readonly pressed: boolean;
	readonly icon: IconName;
	readonly hint?: string;
	readonly busy?: boolean;
	/** Why it cannot be used now. It can still be reached, and pressing it says the same aloud. */
	readonly reason?: string | undefined;
	/** Small text on the corner of the button, such as an unread count; read out after the name. */
	readonly badge?: string;
	readonly onToggle: (pressed: boolean) => void;
}

/** A button of the bar: an icon over its name. What it changes shows as pressed. */
export function ToggleButton(props: ToggleProps) {
	const { label, hint, reason } = props;
	const id = useId();
	return (
		<>
			<button
				type="button"
				class="bar-button"
				aria-pressed={props.pressed}
				aria-busy={props.busy}
				aria-disabled={reason !== undefined}
				aria-describedby={reason === undefined ? undefined : id}
				title={reason ?? (hint ? `${label} (${hint})` : label)}
				onClick={() => props.onToggle(!props.pressed)}
			>
				<span class="bar-button-face">
					<Icon name={props.icon} />
				</span>
				<span class="bar-button-name">{label}</span>
				{props.badge && <span class="bar-button-badge">{props.badge}</span>}
			</button>
			{reason !== undefined && (
				<span id={id} hidden>
					{reason}
				</span>
			)}
		</>
	);
}
