/** Fields with their labels. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Choice {
	readonly value: string;
	readonly label: string;
}

interface SelectProps {
	readonly label: string;
	readonly value: string;
	readonly choices: readonly Choice[];
	readonly disabled?: boolean;
	readonly onChoose: (value: string) => void;
}

export function Select({ label, value, choices, disabled, onChoose }: SelectProps) {
	const id = useId();
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<div class="select-box">
				<select
					id={id}
					class="input select"
					value={value}
					disabled={disabled}
					onChange={(event) => onChoose(event.currentTarget.value)}
				>
					{choices.map((choice) => (
						<option key={choice.value} value={choice.value} selected={choice.value === value}>
							{choice.label}
						</option>
					))}
				</select>
			</div>
		</div>
	);
}

interface SwitchProps {
	readonly label: string;
	readonly hint?: string;
	readonly checked: boolean;
	readonly onChange: (checked: boolean) => void;
}

export function Switch({ label, hint, checked, onChange }: SwitchProps) {
	const id = useId();
	return (
		<div class="switch">
			<input
				id={id}
				type="checkbox"
				role="switch"
				checked={checked}
				aria-checked={checked}
				aria-describedby={hint ? `${id}-hint` : undefined}
				onChange={(event) => onChange(event.currentTarget.checked)}
			/>
			<span class="switch-text">
				<label for={id}>{label}</label>
				{hint && (
					<span class="field-hint" id={`${id}-hint`}>
						{hint}
					</span>
				)}
			</span>
		</div>
	);
}

interface ChoicesProps<Value extends string> {
	readonly legend: string;
	readonly value: Value;
	readonly choices: Readonly<Record<Value, string>>;
	readonly onChoose: (value: Value) => void;
}

/** A few choices beside each other, as radio buttons. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
	const name = useId();
	const entries = Object.entries(props.choices) as [Value, string][];
	return (
		<fieldset class="choices">
			<legend class="field-label">{props.legend}</legend>
			<div class="choices-row">
				{entries.map(([value, label]) => (
					<label key={value} class="choice">
						<input
							type="radio"
							class="visually-hidden"
							name={name}
							value={value}
							checked={value === props.value}
							onChange={() => props.onChoose(value)}
						/>
						<span>{label}</span>
					</label>
				))}
			</div>
		</fieldset>
	);
}

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
	return (
		<section class="section">
			<h3>{title}</h3>
			{children}
		</section>
	);
}
