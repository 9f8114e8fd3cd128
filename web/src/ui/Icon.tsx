/** The icons of the house, one family, drawn as elements: no markup from strings anywhere. */
import {
	Armchair,
	ArrowDown,
	Check,
	ChevronDown,
	Copy,
	DoorClosed,
	DoorOpen,
	EllipsisVertical,
	Hand,
	Keyboard,
	KeyRound,
	LayoutGrid,
	LifeBuoy,
	Lock,
	LockOpen,
	LogOut,
	Maximize,
	MessageSquare,
	Mic,
	MicOff,
	MonitorUp,
	PanelTop,
	Power,
	Presentation,
	RotateCw,
	SendHorizontal,
	Settings,
	Signal,
	SignalLow,
	SignalMedium,
	Trash2,
	TriangleAlert,
	UserPlus,
	Users,
	UserX,
	Video,
	VideoOff,
	Volume2,
	X,
} from "lucide";
import { h } from "preact";

const shapes = {
	armchair: Armchair,
	check: Check,
	close: X,
	copy: Copy,
	delete: Trash2,
	down: ArrowDown,
	fold: ChevronDown,
	camera: Video,
	cameraOff: VideoOff,
	chat: MessageSquare,
	content: PanelTop,
	door: DoorOpen,
	end: Power,
	fullScreen: Maximize,
	hand: Hand,
	host: KeyRound,
	invite: UserPlus,
	keyboard: Keyboard,
	layout: LayoutGrid,
	leave: LogOut,
	lobby: DoorClosed,
	lock: Lock,
	microphone: Mic,
	microphoneOff: MicOff,
	options: EllipsisVertical,
	people: Users,
	presenter: Presentation,
	removePerson: UserX,
	retry: RotateCw,
	screen: MonitorUp,
	send: SendHorizontal,
	settings: Settings,
	signal: Signal,
	signalLow: SignalLow,
	signalMedium: SignalMedium,
	sound: Volume2,
	support: LifeBuoy,
	unlock: LockOpen,
	warning: TriangleAlert,
} as const;

export type IconName = keyof typeof shapes;

interface IconProps {
	readonly name: IconName;
	readonly size?: "small" | "large";
}

/** Always decoration: the control or the text beside it carries the name. */
export function Icon({ name, size }: IconProps) {
	return (
		<svg
			class={size ? `icon icon-${size}` : "icon"}
			viewBox="0 0 24 24"
			aria-hidden="true"
			focusable="false"
		>
			{shapes[name].map(([tag, attributes]) => h(tag, attributes))}
		</svg>
	);
}
