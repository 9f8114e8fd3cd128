/** A whiteboard that is open: what draws it is loaded with the first one. */
import type { RoomPage } from "../../actions/actions";
import type { Board, View } from "../../protocol/generated";
import type { Meeting } from "../../state/model";
import { Late } from "./Late";

interface BoardSheetProps {
	readonly page: RoomPage;
	readonly meeting: Meeting;
	readonly board: Board;
	/** Of whoever presents; null while one looks elsewhere, or presents oneself. */
	readonly followed: View | null;
	readonly onLook: (view: View) => void;
}

const loadWhiteboard = () => import("../../board/Whiteboard").then((file) => file.Whiteboard);

export function BoardSheet(props: BoardSheetProps) {
	return <Late load={loadWhiteboard} props={props} />;
}
