import { useEffect, useState } from "preact/hooks";
import { get } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import type { Agencies, ShownSuburb } from "../responses.ts";
import { many } from "../words.ts";
import { messages } from "./messages.ts";

interface AgencyBoxProps {
  readonly suburb: ShownSuburb | null;
  readonly error: string | undefined;
}

/** A field that completes the agencies of the suburb's data, and warns of one that is not there. */
export function AgencyBox({ suburb, error }: AgencyBoxProps) {
  const agencies = useAgencies(suburb);
  const [typed, setTyped] = useState("");
  const [left, setLeft] = useState(false);
  const chosen = typed.trim() === "" ? undefined : agencies?.find((each) => isMeant(each, typed));
  const unknown =
    left &&
    suburb !== null &&
    agencies !== null &&
    typed.trim() !== "" &&
    !agencies.some((each) => isMeant(each, typed));
  return (
    <Field label="Prepared for" hint={messages.preparedFor} optional error={error}>
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
          {chosen !== undefined && (
            <span class="actions">
              <button type="button" class="button small" onClick={(event) => useBrand(event.currentTarget, chosen.id)}>
                Use its brand
              </button>
              <button
                type="button"
                class="button small"
                onClick={(event) => useTerritory(event.currentTarget, chosen.id)}
              >
                Its territory
              </button>
            </span>
          )}
          <output class="warning">
            {unknown && messages.agencyNotInData(suburb?.suburb, nearest(agencies, typed))}
          </output>
        </>
      )}
    </Field>
  );
}

function useAgencies(suburb: ShownSuburb | null): Agencies {
  const [agencies, set] = useState<Agencies>(null);
  useEffect(() => {
    set(null);
    const controller = new AbortController();
    const query = new URLSearchParams(
      suburb === null ? {} : { suburb: suburb.suburb, state: suburb.state, postcode: suburb.postcode },
    );
    get<{ readonly agencies: Agencies }>(`api/agencies?${query}`, controller.signal).then(
      (response) => set(response.agencies),
      // The field can be filled without help, and the response to the request warns of what is odd.
      () => {},
    );
    return () => controller.abort();
  }, [suburb]);
  return agencies;
}

interface AgencyChoice {
  readonly name: string;
  readonly colour: string | null;
  readonly logo: string | null;
  readonly contact: string | null;
  readonly territory: readonly { readonly suburb: string; readonly state: string; readonly postcode: string | null }[];
}

/** Fills a field of the form in, and unfolds the part that it is in. */
function fill(button: HTMLButtonElement, name: string, value: string): void {
  const control = button.form?.elements.namedItem(name);
  if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement)) return;
  control.value = value;
  // As if it had been typed.
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.closest("details")?.setAttribute("open", "");
}

/** Name, colour, contact and logo of the agency, as the catalogue has them. */
async function useBrand(button: HTMLButtonElement, id: string): Promise<void> {
  try {
    const { name, colour, contact, logo } = await get<AgencyChoice>(`api/agencies/${encodeURIComponent(id)}`);
    const brand = { branding_name: name, branding_colour: colour, branding_contact: contact, branding_logo: logo };
    for (const [field, value] of Object.entries(brand)) fill(button, field, value ?? "");
    notify(messages.brandFilledIn(name, logo === null ? messages.noLogo : ""));
  } catch (error) {
    notifyError(error);
  }
}

/** The suburbs in which the agency sold, a line each, but the one that the form has already. */
async function useTerritory(button: HTMLButtonElement, id: string): Promise<void> {
  try {
    const { name, territory } = await get<AgencyChoice>(`api/agencies/${encodeURIComponent(id)}`);
    const first = button.form?.querySelector<HTMLInputElement>("#suburb")?.value.toLowerCase() ?? "";
    const others = territory.filter(({ suburb, state }) => !first.startsWith(`${suburb} ${state}`.toLowerCase()));
    const lines = others.map(({ suburb, state, postcode }) => [suburb, state, postcode].filter(Boolean).join(" "));
    fill(button, "more_suburbs", lines.join("\n"));
    notify(`${name} sold in ${many(territory.length, "suburb")}`);
  } catch (error) {
    notifyError(error);
  }
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
  const search = folded(typed);
  const found =
    agencies?.find(({ name }) => folded(name).includes(search)) ??
    agencies?.find(({ name }) => search.length >= 4 && folded(name).startsWith(search.slice(0, 4)));
  return found === undefined ? "" : ` Did you mean ${found.name}?`;
}
