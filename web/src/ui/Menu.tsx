/**
 * A button that opens a list of things to do: arrows, Home, End and first letters move in it, Escape and
 * a press outside close it, and the focus goes back to the button.
 */
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useFocusKept } from "./hooks";
import { Icon, type IconName } from "./Icon";
import { itemFor } from "./menuKeys";
import { setProperty } from "./place";
import "./menu.css";

export interface MenuItem {
	readonly id: string;
	readonly label: string;
	readonly icon: IconName;
	/** Makes no sense now. It stays where it is and can be reached, so that it can be found. */
	readonly disabled?: boolean;
	/** Why it is disabled. */
	readonly reason?: string;
	/** What it does, in a line below it. */
	readonly hint?: string;
	/** For what shows a state: in a menu it is an item to tick, elsewhere a button that is pressed. */
	readonly pressed?: boolean;
	readonly danger?: boolean;
	readonly onChoose: () => void;
}

interface MenuProps {
	/** Name of the button and of what it opens. */
	readonly label: string;
	/** `buttons`: a toolbar, for what is more than a command: a button can be pressed. */
	readonly kind: "menu" | "buttons";
	readonly items: readonly MenuItem[];
	readonly class: string;
	/** The face of the button. */
	readonly children: ComponentChildren;
}

type Opened = "closed" | "first" | "last";

export function Menu({ label, kind, items, children, ...rest }: MenuProps) {
	const id = useId();
	const button = useRef<HTMLButtonElement>(null);
	const [opened, setOpened] = useState<Opened>("closed");
	const open = opened !== "closed";
	useFocusKept(button);
	const close = () => {
		setOpened("closed");
		button.current?.focus();
	};
	return (
		<>
			<button
				ref={button}
				type="button"
				class={rest.class}
				aria-label={label}
				title={label}
				aria-haspopup={kind === "menu" ? "menu" : undefined}
				aria-expanded={open}
				aria-controls={open ? id : undefined}
				onClick={() => setOpened(open ? "closed" : "first")}
				onKeyDown={(event) => {
					if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
					event.preventDefault();
					setOpened(event.key === "ArrowDown" ? "first" : "last");
				}}
			>
				{children}
			</button>
			{open && (
				<Items
					id={id}
					label={label}
					kind={kind}
					items={items}
					from={opened}
					button={button}
					onClose={close}
					onLeave={() => setOpened("closed")}
				/>
			)}
		</>
	);
}

interface ItemsProps extends Pick<MenuProps, "label" | "kind" | "items"> {
	readonly id: string;
	readonly from: Opened;
	readonly button: RefObject<HTMLButtonElement | null>;
	/** Back to the button. */
	readonly onClose: () => void;
	/** The focus goes elsewhere by itself. */
	readonly onLeave: () => void;
}

function Items({ id, label, kind, items, from, button, onClose, onLeave }: ItemsProps) {
	const list = useRef<HTMLDivElement>(null);
	useTopLayer(list, button, from);
	useFocusKept(list);
	useOutside(list, button, onLeave);
	const onKeyDown = (event: KeyboardEvent) => {
		// Letters belong to the list while it is open, not to the shortcuts of the page.
		event.stopPropagation();
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.key === "Escape") {
			event.preventDefault();
			onClose();
		} else if (event.key === "Tab") onClose();
		else goTo(event, list.current, items);
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: it is a menu or a toolbar, by its role.
		// biome-ignore lint/a11y/useAriaPropsSupportedByRole: both of them take a name.
		<div
			ref={list}
			id={id}
			class="menu"
			popover="manual"
			role={kind === "menu" ? "menu" : "toolbar"}
			aria-label={label}
			aria-orientation="vertical"
			tabIndex={-1}
			onKeyDown={onKeyDown}
		>
			{items.map((item) => (
				// biome-ignore lint/a11y/useAriaPropsSupportedByRole: what can be ticked has the role for it.
				<button
					key={item.id}
					type="button"
					class={`menu-item${item.danger ? " menu-danger" : ""}`}
					role={roleOf(kind, item)}
					tabIndex={-1}
					title={item.disabled ? item.reason : undefined}
					aria-pressed={kind === "buttons" ? item.pressed : undefined}
					aria-checked={kind === "menu" ? item.pressed : undefined}
					aria-disabled={item.disabled}
					aria-describedby={item.hint && `${id}-${item.id}`}
					onClick={() => {
						if (item.disabled) return;
						onClose();
						item.onChoose();
					}}
				>
					<Icon name={item.icon} />
					<span>{item.label}</span>
					{item.pressed && <Icon name="check" />}
					{item.disabled && item.reason && (
						<span class="menu-reason" aria-hidden="true">
							{item.reason}
						</span>
					)}
					{item.hint && (
						<span class="menu-reason" id={`${id}-${item.id}`} aria-hidden="true">
							{item.hint}
						</span>
					)}
				</button>
			))}
		</div>
	);
}

function roleOf(kind: MenuProps["kind"], { pressed }: MenuItem) {
	if (kind === "buttons") return undefined;
	return pressed === undefined ? "menuitem" : "menuitemcheckbox";
}

function buttonsOf(list: HTMLElement | null): readonly HTMLButtonElement[] {
	return [...(list?.querySelectorAll("button") ?? [])];
}

function goTo(event: KeyboardEvent, list: HTMLElement | null, items: readonly MenuItem[]): void {
	const buttons = buttonsOf(list);
	const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
	const labels = items.map((item) => item.label);
	const next = itemFor(event.key, now, labels);
	if (next === null) return;
	event.preventDefault();
	buttons[next]?.focus();
}

const gap = 4;
const edge = 8;

/** Above everything, at the button, and inside the window. */
function useTopLayer(
	list: RefObject<HTMLDivElement | null>,
	button: RefObject<HTMLButtonElement | null>,
	from: Opened,
): void {
	useLayoutEffect(() => {
		const menu = list.current;
		const anchor = button.current?.getBoundingClientRect();
		if (!menu || !anchor) return;
		menu.showPopover();
		const { width, height } = menu.getBoundingClientRect();
		const below = anchor.bottom + gap + height <= innerHeight - edge;
		const y = below ? anchor.bottom + gap : anchor.top - gap - height;
		const x = Math.min(anchor.right - width, innerWidth - edge - width);
		setProperty(menu, "--x", `${Math.max(edge, x)}px`);
		setProperty(menu, "--y", `${Math.max(edge, y)}px`);
		const buttons = buttonsOf(menu);
		buttons.at(from === "last" ? -1 : 0)?.focus();
	}, [list, button, from]);
}

/** Closes when one presses elsewhere, and when the button may have moved away. */
function useOutside(
	list: RefObject<HTMLDivElement | null>,
	button: RefObject<HTMLButtonElement | null>,
	onLeave: () => void,
): void {
	const leave = useRef(onLeave);
	leave.current = onLeave;
	useEffect(() => {
		const press = (event: PointerEvent) => {
			const inside = [list.current, button.current].some((one) =>
				one?.contains(event.target as Node),
			);
			if (!inside) leave.current();
		};
		const moved = () => leave.current();
		document.addEventListener("pointerdown", press, true);
		addEventListener("resize", moved);
		return () => {
			document.removeEventListener("pointerdown", press, true);
			removeEventListener("resize", moved);
		};
	}, [list, button]);
}
