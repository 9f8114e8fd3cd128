/**
 * A dialog on the browser's own <dialog>: it keeps the focus inside, closes by Escape, and gives the
 * focus back to what opened it.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { IconButton } from "./Button";

interface DialogProps {
	readonly title: string;
	readonly closeLabel: string;
	readonly onClose: () => void;
	readonly children: ComponentChildren;
}

export function Dialog({ title, closeLabel, onClose, children }: DialogProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	const heading = useId();
	useEffect(() => {
		const opener = document.activeElement;
		dialog.current?.showModal();
		// A dialog that is taken out of the page does not return the focus by itself.
		return () => {
			if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
		};
	}, []);
	return (
		<dialog
			ref={dialog}
			class="dialog"
			aria-labelledby={heading}
			onClose={onClose}
			onClick={(event) => event.target === dialog.current && dialog.current?.close()}
			onKeyDown={(event) => event.stopPropagation()}
		>
			<div class="dialog-sheet">
				<header class="dialog-head">
					<h2 id={heading}>{title}</h2>
					<IconButton label={closeLabel} icon="close" onClick={() => dialog.current?.close()} />
				</header>
				<div class="dialog-body">{children}</div>
			</div>
		</dialog>
	);
}
