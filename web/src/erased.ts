/**
 * Entry of the page after everything was erased: this browser forgets the link that led to it, if it is its
 * own. With the next thing that is left somewhere it makes another one.
 */
import { forgetVisitorIds } from "./actions/own_ids";
import { forgetVisitor, visitorKey } from "./actions/visitor";

const [, , , erased] = location.pathname.split("/");
if (erased !== undefined && visitorKey() === erased) {
	forgetVisitor();
	forgetVisitorIds();
}
