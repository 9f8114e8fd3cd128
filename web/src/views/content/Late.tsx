/** What is loaded with the first one that somebody opens: a whiteboard, a PDF. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { words } from "../../i18n";
import { Notice } from "../../ui/Alert";
import { Button } from "../../ui/Button";

interface LateProps<Props> {
	/** The same function each time. */
	readonly load: () => Promise<ComponentType<Props>>;
	readonly props: Props;
}

export function Late<Props extends object>({ load, props }: LateProps<Props>) {
	const w = words.value;
	const [Loaded, setLoaded] = useState<ComponentType<Props> | null>(null);
	const [failed, setFailed] = useState(false);
	useEffect(() => {
		if (failed) return;
		load().then(
			(loaded) => setLoaded(() => loaded),
			() => setFailed(true),
		);
	}, [load, failed]);
	if (Loaded) return <Loaded {...props} />;
	if (!failed) return <p class="content-waiting">{w.content.loading}</p>;
	return (
		<div class="viewer-note">
			<Notice
				action={
					<Button size="small" onClick={() => setFailed(false)}>
						{w.tryAgain}
					</Button>
				}
			>
				{w.content.notLoaded}
			</Notice>
		</div>
	);
}
