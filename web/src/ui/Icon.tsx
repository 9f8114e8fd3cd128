/** The icons of the house, one family, drawn as elements: no markup from strings anywhere. */
import {
	Armchair,
	ArrowDown,
	Check,
	ChevronDown,
	ChevronLeft,
	ChevronRight,
	Copy,
	DoorClosed,
	DoorOpen,
	Download,
	EllipsisVertical,
	File,
	FileImage,
	FileMusic,
	FilePlay,
	FileText,
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
	Pause,
	Pencil,
	Pin,
	Play,
	Power,
	Presentation,
	Reply,
	RotateCw,
	Search,
	SendHorizontal,
	Settings,
	Shrink,
	Signal,
	SignalLow,
	SignalMedium,
	SmilePlus,
	Trash2,
	TriangleAlert,
	Upload,
	UserPlus,
	Users,
	UserX,
	Video,
	VideoOff,
	Volume2,
	X,
	ZoomIn,
	ZoomOut,
} from "lucide";
import { h } from "preact";

const shapes = {
	after: ChevronRight,
	armchair: Armchair,
	before: ChevronLeft,
	check: Check,
	close: X,
	copy: Copy,
	delete: Trash2,
	down: ArrowDown,
	download: Download,
	file: File,
	fileImage: FileImage,
	fileSound: FileMusic,
	fileText: FileText,
	fileVideo: FilePlay,
	fit: Shrink,
	fold: ChevronDown,
	goOn: Play,
	camera: Video,
	cameraOff: VideoOff,
	chat: MessageSquare,
	content: PanelTop,
	door: DoorOpen,
	edit: Pencil,
	end: Power,
	fullScreen: Maximize,
	hand: Hand,
	host: KeyRound,
	invite: UserPlus,
	keyboard: Keyboard,
	larger: ZoomIn,
	layout: LayoutGrid,
	leave: LogOut,
	lobby: DoorClosed,
	lock: Lock,
	microphone: Mic,
	microphoneOff: MicOff,
	options: EllipsisVertical,
	pause: Pause,
	people: Users,
	pin: Pin,
	presenter: Presentation,
	reaction: SmilePlus,
	removePerson: UserX,
	reply: Reply,
	retry: RotateCw,
	screen: MonitorUp,
	search: Search,
	send: SendHorizontal,
	settings: Settings,
	signal: Signal,
	signalLow: SignalLow,
	signalMedium: SignalMedium,
	smaller: ZoomOut,
	sound: Volume2,
	support: LifeBuoy,
	unlock: LockOpen,
	upload: Upload,
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
