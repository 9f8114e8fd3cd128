/** What somebody wrote, with its web addresses as links. Built as elements, never as markup. */
import { partsOf } from "./links";

export function RichText({ text }: { readonly text: string }) {
	return (
		<>
			{partsOf(text).map((part, index) =>
				part.kind === "link" ? (
					<a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
						{part.text}
					</a>
				) : (
					part.text
				),
			)}
		</>
	);
}
