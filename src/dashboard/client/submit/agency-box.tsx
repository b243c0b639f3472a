import { useEffect, useState } from "preact/hooks";
import type { Agencies, Suburb } from "../answers.ts";
import { ask } from "../api.ts";
import { Field } from "../parts/field.tsx";

interface AgencyBoxProps {
  readonly suburb: Suburb | null;
  readonly wrong: string | undefined;
}

/** A field that completes the agencies that the suburb's data knows, and says so of one that it does not. */
export function AgencyBox({ suburb, wrong }: AgencyBoxProps) {
  const agencies = useAgencies(suburb);
  const [typed, setTyped] = useState("");
  const [left, setLeft] = useState(false);
  const unknown = left && agencies !== null && typed.trim() !== "" && !agencies.some((each) => isMeant(each, typed));
  return (
    <Field
      label="Prepared for"
      hint="The agency whose standing the report is about: its name or id."
      optional
      wrong={wrong}
    >
      {(attributes) => (
        <>
          <input
            {...attributes}
            name="prepared_for"
            maxLength={200}
            autocomplete="off"
            list="agencies"
            onInput={({ currentTarget }) => {
              setTyped(currentTarget.value);
              setLeft(false);
            }}
            onBlur={() => setLeft(true)}
          />
          <datalist id="agencies">
            {agencies?.map(({ id, name }) => (
              <option key={id} value={name} />
            ))}
          </datalist>
          <output class="warning">
            {unknown &&
              `The data for ${suburb?.suburb} does not include this agency; the report would say so on its second page.${nearest(agencies, typed)}`}
          </output>
        </>
      )}
    </Field>
  );
}

function useAgencies(suburb: Suburb | null): Agencies {
  const [agencies, set] = useState<Agencies>(null);
  useEffect(() => {
    set(null);
    if (suburb === null) return;
    const gone = new AbortController();
    const place = new URLSearchParams({ suburb: suburb.suburb, state: suburb.state, postcode: suburb.postcode });
    ask<{ readonly agencies: Agencies }>(`api/agencies?${place}`, gone.signal).then(
      (answer) => set(answer.agencies),
      // The field can be filled without help, and the response to the request says what is odd.
      () => {},
    );
    return () => gone.abort();
  }, [suburb]);
  return agencies;
}

/** As the report matches them: whatever the case and spacing. */
function folded(name: string): string {
  return name.normalize("NFKC").toLowerCase().replaceAll("’", "'").replace(/\s+/gu, "");
}

function isMeant({ id, name }: { readonly id: string; readonly name: string }, typed: string): boolean {
  return folded(name) === folded(typed) || folded(id) === folded(typed);
}

/** One that has what was typed in its name, or begins alike. */
function nearest(agencies: Agencies, typed: string): string {
  const wanted = folded(typed);
  const found =
    agencies?.find(({ name }) => folded(name).includes(wanted)) ??
    agencies?.find(({ name }) => wanted.length >= 4 && folded(name).startsWith(wanted.slice(0, 4)));
  return found === undefined ? "" : ` Did you mean ${found.name}?`;
}
