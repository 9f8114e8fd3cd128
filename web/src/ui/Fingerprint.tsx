/** The short name of somebody's key, once it is computed. */
import { useEffect, useState } from "preact/hooks";
import { fingerprint } from "../e2ee/fingerprint";

interface FingerprintProps {
	/** base64url. */
	readonly of: string;
	/** Words around the digits. */
	readonly words?: (digits: string) => string;
}

export function Fingerprint({ of, words }: FingerprintProps) {
	const [known, setKnown] = useState({ of: "", digits: "" });
	useEffect(() => {
		let current = true;
		void fingerprint(of).then((digits) => {
			if (current && digits) setKnown({ of, digits });
		});
		return () => {
			current = false;
		};
	}, [of]);
	if (known.of !== of) return null;
	return <span>{words ? words(known.digits) : known.digits}</span>;
}
