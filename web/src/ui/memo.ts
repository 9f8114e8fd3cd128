/** Draws a component again only when its properties differ in a way that shows. */
import { Component, type ComponentChild, type FunctionComponent, h } from "preact";

export function memo<Props extends object>(
	view: FunctionComponent<Props>,
	same: (old: Readonly<Props>, next: Readonly<Props>) => boolean,
): new () => Component<Props> {
	return class Memo extends Component<Props> {
		override shouldComponentUpdate(next: Readonly<Props>): boolean {
			return !same(this.props, next);
		}
		override render(): ComponentChild {
			return h(view, this.props as never);
		}
	};
}
