import type { ComponentChildren } from "preact";

interface Choice<T extends string> {
  readonly value: T;
  readonly label: ComponentChildren;
  /** Where the label is a picture. */
  readonly name?: string;
}

interface SwitchProps<T extends string> {
  readonly legend: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
}

/** One of a few: radio buttons that look like a switch, with the arrow keys that radio buttons have. */
export function Switch<T extends string>({ legend, value, choices, onChange }: SwitchProps<T>) {
  return (
    <fieldset class="switch">
      <legend class="visually-hidden">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} title={choice.name}>
          <input
            type="radio"
            name={legend}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            aria-label={choice.name}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
