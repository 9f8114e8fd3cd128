/** The whiteboards of the room; what is drawn on them is apart, in documents of their own. */
import type { Board, ContentItem } from "../protocol/generated";
import type { Meeting } from "./model";
import { isHost, whyNoPen } from "./room";

export function addBoard(boards: readonly Board[], board: Board): readonly Board[] {
	return boards.some((one) => one.id === board.id) ? boards : [...boards, board];
}

export function changeBoard(boards: readonly Board[], board: Board): readonly Board[] {
	return boards.map((one) => (one.id === board.id ? board : one));
}

export function removeBoard(boards: readonly Board[], id: string): readonly Board[] {
	return boards.filter((one) => one.id !== id);
}

export function isBoard(meeting: Meeting, id: string): boolean {
	return meeting.boards.some((one) => one.id === id);
}

/** Hosts rename any board, and take it away, others their own, as long as they may draw. */
export function ownsBoard(meeting: Meeting, board: Board): boolean {
	return isHost(meeting) || (board.author === meeting.you && whyNoPen(meeting) === null);
}

/** Whatever can be open for everybody: what views ask for is the same of files and boards. */
export function everything(meeting: Meeting): readonly Pick<ContentItem, "id" | "name">[] {
	return [...meeting.content, ...meeting.boards];
}
