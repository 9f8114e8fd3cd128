/** A sentence about something that went wrong, said at once by screen readers, with what to do. */
import type { ComponentChildren } from "preact";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";

interface AlertProps {
	readonly children: ComponentChildren;
	readonly action?: ComponentChildren;
	readonly onDismiss?: { readonly label: string; readonly run: () => void };
	readonly id?: string;
}

export function Alert({ children, action, onDismiss, id }: AlertProps) {
	return (
		<div class="alert" role="alert" id={id}>
			<Icon name="warning" />
			<div class="alert-text">{children}</div>
			{action}
			{onDismiss && <IconButton label={onDismiss.label} icon="close" onClick={onDismiss.run} />}
		</div>
	);
}

interface NoticeProps extends AlertProps {
	readonly icon?: IconName;
}

/** Something worth knowing that needs no hurry: read out when the screen reader has time. */
export function Notice({ children, action, onDismiss, icon = "warning" }: NoticeProps) {
	return (
		<div class="alert notice">
			<Icon name={icon} />
			<output class="alert-text">{children}</output>
			{action}
			{onDismiss && <IconButton label={onDismiss.label} icon="close" onClick={onDismiss.run} />}
		</div>
	);
}
