import { Field } from "./field.tsx";

const BOUNDS = [
  ["bedrooms", "Bedrooms"],
  ["bathrooms", "Bathrooms"],
  ["carspaces", "Car spaces"],
  ["land_area", "Land, m²"],
] as const;

/** As the service prints them. */
const PRICE_BANDS = [
  ...["Less than $500k", "$500k-$1m", "$1m-$1.5m", "$1.5m-$2m", "$2m-$2.5m", "$2.5m-$3m", "$3m-$3.5m", "$3.5m-$4m"],
  ...["$4m-$6m", "$6m-$8m", "$8m-$10m", "$10m+"],
];

const EDITIONS = { full: "Full report", brief: "One page" } as const;

/** Texts that stand alone: a label, and what to say below it. */
const TEXTS = [
  ["featured_agent_id", "Highlight agent", "Id or name; no rank or figure changes."],
  ["featured_agency_id", "Highlight agency", "Id or name; no rank or figure changes."],
  ["region", "Region", "One of Domain's, where Domain is the source."],
  ["area", "Area", "One of Domain's, where Domain is the source."],
] as const;

/** The names of all fields here, as a request has them. */
export const FILTER_FIELDS: readonly string[] = [
  "property_types",
  ...BOUNDS.flatMap(([name]) => [`min_${name}`, `max_${name}`]),
  ...["include_surrounding_suburbs", "edition", "home_owner_pricing"],
  ...TEXTS.map(([name]) => name),
];

interface FilterFieldsProps {
  /** What is wrong with a field of the request. */
  readonly wrong: (path: string) => string | undefined;
}

/** What of a suburb the report counts, and how it is made; everything may be left as it is. */
export function FilterFields({ wrong }: FilterFieldsProps) {
  const complains = FILTER_FIELDS.some((name) => wrong(`/${name}`) !== undefined);
  return (
    <details class="more" open={complains || undefined}>
      <summary>What counts, and how it looks</summary>
      <Field
        label="Property types"
        hint="Such as House, Townhouse; all of them where it is empty."
        optional
        wrong={wrong("/property_types")}
      >
        {(attributes) => <input {...attributes} name="property_types" type="text" autocomplete="off" />}
      </Field>
      {BOUNDS.map(([name, label]) => (
        <div class="pair" key={name}>
          {(["min", "max"] as const).map((end) => (
            <Field
              key={end}
              label={`${label}, ${end === "min" ? "at least" : "at most"}`}
              wrong={wrong(`/${end}_${name}`)}
            >
              {(attributes) => (
                <input {...attributes} name={`${end}_${name}`} type="number" min="0" step="any" inputMode="numeric" />
              )}
            </Field>
          ))}
        </div>
      ))}
      <label class="check">
        <input type="checkbox" name="include_surrounding_suburbs" value="true" /> Count the surrounding suburbs, too
      </label>
      <Field label="Edition" wrong={wrong("/edition")}>
        {(attributes) => (
          <select {...attributes} name="edition">
            <option value="">As usual</option>
            {Object.entries(EDITIONS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Price band of the home owner" optional wrong={wrong("/home_owner_pricing")}>
        {(attributes) => (
          <select {...attributes} name="home_owner_pricing">
            <option value="">None</option>
            {PRICE_BANDS.map((band) => (
              <option key={band} value={band}>
                {band}
              </option>
            ))}
          </select>
        )}
      </Field>
      {TEXTS.map(([name, label, hint]) => (
        <Field key={name} label={label} hint={hint} optional wrong={wrong(`/${name}`)}>
          {(attributes) => <input {...attributes} name={name} type="text" autocomplete="off" />}
        </Field>
      ))}
    </details>
  );
}
