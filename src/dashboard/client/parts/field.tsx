/*
 * The parts that several pages share: fields, dialogs, notices, icons, the status and the time of a job.
 * A part gets what it shows from its page.
 * Not here: pages, and requests to the service.
 */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { asSentence } from "../words.ts";

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  readonly error?: string | undefined;
  readonly children: (attributes: FieldAttributes) => ComponentChildren;
}

/** What joins a control to its label, its hint and its complaint. */
export interface FieldAttributes {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

export function Field({ label, hint, optional = false, error, children }: FieldProps) {
  const id = useId();
  const described = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(error === undefined ? [] : [`${id}-error`]),
  ].join(" ");
  return (
    <div class="field">
      <label for={id}>
        {label} {optional && <span class="second">optional</span>}
      </label>
      {children({
        id,
        "aria-describedby": described === "" ? undefined : described,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="error-text" id={`${id}-error`} role="alert">
          {asSentence(error.startsWith("is ") ? `${label} ${error}` : error)}
        </p>
      )}
    </div>
  );
}
