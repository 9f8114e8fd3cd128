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

export function Dialog(props: DialogProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	const title = useRef<HTMLHeadingElement>(null);
	const titleId = useId();
	useEffect(() => {
		const opener = document.activeElement;
		dialog.current?.showModal();
		// On the title, not on a button that a stray Enter would press; the next Tab leads to the first field.
		title.current?.focus();
		// A dialog that is taken out of the page does not return the focus by itself.
		return () => {
			if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
			else document.querySelector("main")?.focus();
		};
	}, []);
	return (
		<dialog
			ref={dialog}
			class="dialog"
			aria-labelledby={titleId}
			onClose={props.onClose}
			onClick={(event) => event.target === dialog.current && dialog.current?.close()}
			onKeyDown={(event) => event.stopPropagation()}
		>
			<div class="dialog-sheet">
				<header class="dialog-head">
					<h2 ref={title} id={titleId} tabIndex={-1}>
						{props.title}
					</h2>
					<IconButton
						label={props.closeLabel}
						icon="close"
						onClick={() => dialog.current?.close()}
					/>
				</header>
				<div class="dialog-body">{props.children}</div>
			</div>
		</dialog>
	);
}
