import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../api.ts";
import type { ShownSuburb } from "../responses.ts";
import { asSentence, many } from "../words.ts";
import { messages } from "./messages.ts";

/** After this long without a letter the suburbs are requested. */
const TYPING_MS = 120;

interface SuburbBoxProps {
  /** What is in it from the beginning. */
  readonly text?: string;
  readonly error: string | undefined;
  /** What is in the field, and the suburb that was chosen for it, if one was. */
  readonly onChange: (text: string, chosen: ShownSuburb | null) => void;
}

/** A field that completes suburbs: the editable combobox with a list of WAI-ARIA's Authoring Practices. */
export function SuburbBox({ text: given = "", error, onChange }: SuburbBoxProps) {
  const [text, setText] = useState(given);
  const [{ of, suburbs }, setFound] = useState<FoundSuburbs>({ of: given.trim(), suburbs: [] });
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);
  const search = useSearch(setFound, setActive);
  const shown = open && suburbs.length > 0;
  // What is shown then was found for fewer letters: no key may choose one of these.
  const searching = of !== text.trim();

  const choose = (suburb: ShownSuburb) => {
    const name = nameOf(suburb);
    setText(name);
    search.stop();
    setFound({ of: name, suburbs });
    setOpen(false);
    onChange(name, suburb);
  };
  const type = (value: string) => {
    setText(value);
    setOpen(true);
    // Who writes a suburb out need not choose it.
    const same = suburbs.find((each) => nameOf(each).toLowerCase() === value.trim().toLowerCase());
    onChange(value, same ?? null);
    search.begin(value.trim());
  };
  const keys = (event: KeyboardEvent) => {
    const picked = searching ? undefined : suburbs[active];
    if (event.key === "Escape" && shown) setOpen(false);
    else if (event.key === "Enter" && searching && open) {
      // Neither chosen nor sent: the suburbs are still loading.
    } else if ((event.key === "Enter" || event.key === "Tab") && shown && picked !== undefined) {
      choose(picked);
      if (event.key === "Tab") return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (suburbs.length === 0) return;
      const by = event.key === "ArrowDown" ? 1 : -1;
      setActive(shown ? (active + by + suburbs.length) % suburbs.length : by === 1 ? 0 : suburbs.length - 1);
      setOpen(true);
    } else return;
    event.preventDefault();
  };

  return (
    <div class="field combobox">
      <label for="suburb">Suburb</label>
      <input
        id="suburb"
        role="combobox"
        aria-expanded={shown}
        aria-controls="suburbs"
        aria-autocomplete="list"
        aria-activedescendant={shown && active >= 0 ? `suburb-${active}` : undefined}
        aria-describedby={error === undefined ? "suburb-hint" : "suburb-hint suburb-error"}
        aria-invalid={error === undefined ? undefined : true}
        aria-required={true}
        autocomplete="off"
        spellcheck={false}
        placeholder="Manly NSW"
        value={text}
        onInput={({ currentTarget }) => type(currentTarget.value)}
        onKeyDown={keys}
        onBlur={() => setOpen(false)}
      />
      <div id="suburbs" role="listbox" aria-label="Suburbs" hidden={!shown}>
        {suburbs.map((suburb, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus
          <div
            key={nameOf(suburb)}
            id={`suburb-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(suburb)}
            onMouseMove={() => setActive(i)}
          >
            <span>{suburb.suburb}</span> <span class="second">{`${suburb.state} ${suburb.postcode}`}</span>
          </div>
        ))}
      </div>
      <p class="hint" id="suburb-hint">
        {messages.suburbHint}
      </p>
      <output class="visually-hidden">{shown ? many(suburbs.length, "suburb") : ""}</output>
      {error !== undefined && (
        <p class="error-text" id="suburb-error" role="alert">
          {asSentence(error)}
        </p>
      )}
    </div>
  );
}

interface FoundSuburbs {
  /** The text they were found for. */
  readonly of: string;
  readonly suburbs: readonly ShownSuburb[];
}

/** Requests suburbs a moment after the last letter; a response that comes after the next question is dropped. */
function useSearch(show: (found: FoundSuburbs) => void, setActive: (index: number) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pending = useRef<AbortController>(undefined);
  const stop = () => {
    clearTimeout(timer.current);
    pending.current?.abort();
  };
  useEffect(() => stop, []);
  const begin = (q: string) => {
    stop();
    if (q === "") return show({ of: q, suburbs: [] });
    timer.current = setTimeout(() => {
      const controller = new AbortController();
      pending.current = controller;
      get<{ readonly suburbs: readonly ShownSuburb[] }>(
        `api/suburbs?q=${encodeURIComponent(q)}`,
        controller.signal,
      ).then(
        ({ suburbs }) => {
          show({ of: q, suburbs });
          setActive(suburbs.length > 0 ? 0 : -1);
        },
        // The field can be filled without help, and what is sent is checked.
        () => void (controller.signal.aborted || show({ of: q, suburbs: [] })),
      );
    }, TYPING_MS);
  };
  return { begin, stop };
}

function nameOf({ suburb, state, postcode }: ShownSuburb): string {
  return `${suburb} ${state} ${postcode}`;
}
