/** Leads to where something is confirmed, beside the meeting, which goes on. */
import { words } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { openBeside } from "./ui";

interface OnItsPageProps {
	/** What is done there. */
	readonly name: string;
	readonly how: string;
	/** Address of the page. */
	readonly to: string;
	readonly onClose: () => void;
}

export function OnItsPage({ name, how, to, onClose }: OnItsPageProps) {
	const w = words.value;
	const go = () => {
		onClose();
		openBeside(to);
	};
	return (
		<Dialog title={name} closeLabel={w.close} onClose={onClose}>
			<p>{how}</p>
			<div class="dialog-actions">
				<Button onClick={onClose}>{w.hosting.cancel}</Button>
				<Button kind="danger" onClick={go}>
					{name}
				</Button>
			</div>
		</Dialog>
	);
}
