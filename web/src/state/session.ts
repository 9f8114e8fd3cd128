/** Joining, coming back, and going. */
import type { Welcome } from "../protocol/generated";
import { chatAfterWelcome, chatAtFirst } from "./chat";
import { leftBy } from "./leftovers";
import type { Meeting, Stage, WhyLeft } from "./model";
import { pathsOf } from "./paths";
import { missingAfterWelcome } from "./people";

/** The same for joining and for coming back: the snapshot rules. `now` is our clock. */
export function enter(
	stage: Stage,
	welcome: Welcome,
	now: number,
	alive: readonly string[],
): Stage {
	// Too late: the person has left meanwhile.
	if (stage.name !== "joining" && stage.name !== "in") return stage;
	const before = stage.name === "in" ? stage.meeting : null;
	const { room, participants, chat, content, boards, presentation } = welcome.snapshot;
	const meeting: Meeting = {
		seq: welcome.seq,
		meeting: welcome.meeting,
		since: before?.since ?? welcome.began,
		you: welcome.you,
		room,
		participants,
		missing: missingAfterWelcome(before, welcome, participants, alive),
		chat: before === null ? chatAtFirst(chat) : chatAfterWelcome(before.chat, chat),
		content,
		boards,
		presentation,
		contentKey: welcome.contentKey,
		paths: pathsOf(welcome.paths),
		limits: welcome.limits,
		mediaPort: welcome.mediaPort,
		relayedOnly: welcome.relayedOnly,
		clockOffset: welcome.now - now,
	};
	return { name: "in", meeting, connection: { name: "online" } };
}

export function lose(stage: Stage, attempt: number): Stage {
	if (stage.name !== "in") return stage;
	return { ...stage, connection: { name: "coming back", attempt } };
}

export function leave(stage: Stage, why: WhyLeft): Stage {
	const leftovers = stage.name === "in" && why === "left" ? leftBy(stage.meeting) : undefined;
	return { name: "left", why, leftovers };
}
