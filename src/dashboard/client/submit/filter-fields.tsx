import { Field } from "../parts/field.tsx";
import { messages } from "./messages.ts";

const BOUNDS = [
  ["bedrooms", "Bedrooms"],
  ["bathrooms", "Bathrooms"],
  ["carspaces", "Car spaces"],
  ["land_area", "Land, m²"],
] as const;

/** Fields of their own: a label, and the text below it. */
const TEXTS = [
  ["featured_agent_id", "Highlight agent", "Id or name."],
  ["featured_agency_id", "Highlight agency", "Id or name."],
  ["other_suburbs", messages.otherSuburbs, "Separated by semicolons."],
  ["compare", "Compare", messages.compareHint],
  ["sections", "Sections", messages.sectionsHint],
  ["region", "Region", messages.domainHint],
  ["area", "Area", messages.domainHint],
] as const;

/** As the request has them. */
const BANDS = [
  ...["Less than $500k", "$500k-$1m", "$1m-$1.5m", "$1.5m-$2m", "$2m-$2.5m", "$2.5m-$3m", "$3m-$3.5m", "$3.5m-$4m"],
  ...["$4m-$6m", "$6m-$8m", "$8m-$10m", "$10m+"],
] as const;

interface FilterFieldsProps {
  /** What is wrong with a field of the request. */
  readonly errorOf: (path: string) => string | undefined;
}

/** A complaint about the number of items is about names here. */
function textError(name: string, error: string | undefined): string | undefined {
  return name === "compare" && error !== undefined && / items, not /.test(error) ? messages.compareCount : error;
}

/** Which records of a suburb the report counts, and how it is made; all fields are optional. */
export function FilterFields({ errorOf }: FilterFieldsProps) {
  return (
    <details class="more">
      <summary>{messages.filters}</summary>
      <Field label="Property types" hint={messages.typesHint} optional error={errorOf("/property_types")}>
        {(attributes) => <input {...attributes} name="property_types" type="text" autocomplete="off" />}
      </Field>
      {BOUNDS.map(([name, label]) => (
        <div class="pair" key={name}>
          {(["min", "max"] as const).map((end) => (
            <Field
              key={end}
              label={`${label}, ${end === "min" ? "at least" : "at most"}`}
              error={errorOf(`/${end}_${name}`)}
            >
              {(attributes) => <input {...attributes} name={`${end}_${name}`} type="number" step="any" />}
            </Field>
          ))}
        </div>
      ))}
      <label class="check">
        <input type="checkbox" name="include_surrounding_suburbs" value="true" /> {messages.countSurrounding}
      </label>
      <Field label="Document" error={errorOf("/report")}>
        {(attributes) => (
          <select {...attributes} name="report">
            <option value="">{messages.agentsReport}</option>
            <option value="agency">{messages.agencyReport}</option>
          </select>
        )}
      </Field>
      <Field label="Edition" error={errorOf("/edition")}>
        {(attributes) => (
          <select {...attributes} name="edition">
            <option value="">Default</option>
            <option value="full">Full report</option>
            <option value="brief">One page</option>
          </select>
        )}
      </Field>
      <Field label={messages.priceBand} hint={messages.priceBandHint} optional error={errorOf("/home_owner_pricing")}>
        {(attributes) => (
          <select {...attributes} name="home_owner_pricing">
            <option value="">None</option>
            {BANDS.map((band) => (
              <option key={band} value={band}>
                {band}
              </option>
            ))}
          </select>
        )}
      </Field>
      {TEXTS.map(([name, label, hint]) => (
        <Field key={name} label={label} hint={hint} optional error={textError(name, errorOf(`/${name}`))}>
          {(attributes) => <input {...attributes} name={name} type="text" autocomplete="off" />}
        </Field>
      ))}
    </details>
  );
}
