/** Entry of the server-rendered pages for whoever is signed in: who knocks at their doors. */
import { NO_SEAT, openDoor } from "./door/door";
import { titled } from "./door/title";

const title = document.title;

openDoor({
	account: document.body.getAttribute("data-account"),
	seat: NO_SEAT,
	onWaiting(count) {
		document.title = titled(title, count);
	},
});
