/** The icons of the house, one family, drawn as elements: no markup from strings anywhere. */
import {
	Armchair,
	ArrowDown,
	Check,
	Copy,
	Hand,
	Keyboard,
	LayoutGrid,
	LogOut,
	Maximize,
	MessageSquare,
	Mic,
	MicOff,
	MonitorUp,
	PanelTop,
	RotateCw,
	SendHorizontal,
	Settings,
	Signal,
	SignalLow,
	SignalMedium,
	TriangleAlert,
	UserPlus,
	Users,
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
	down: ArrowDown,
	camera: Video,
	cameraOff: VideoOff,
	chat: MessageSquare,
	content: PanelTop,
	fullScreen: Maximize,
	hand: Hand,
	invite: UserPlus,
	keyboard: Keyboard,
	layout: LayoutGrid,
	leave: LogOut,
	microphone: Mic,
	microphoneOff: MicOff,
	people: Users,
	retry: RotateCw,
	screen: MonitorUp,
	send: SendHorizontal,
	settings: Settings,
	signal: Signal,
	signalLow: SignalLow,
	signalMedium: SignalMedium,
	sound: Volume2,
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
