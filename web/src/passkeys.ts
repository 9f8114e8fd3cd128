/** Entry of the pages that sign in with passkeys. Their forms are hidden until it runs. */
import { enablePasskeys } from "./passkeys/forms";

if ("credentials" in navigator && "PublicKeyCredential" in window) {
	enablePasskeys(document, navigator.credentials);
}
